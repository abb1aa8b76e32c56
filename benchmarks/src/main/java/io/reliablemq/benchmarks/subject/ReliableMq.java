package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.json.JsonPayloadConverter;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.retention.ArchivePurge;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayFeed;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.write.TransactionalOutbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Reliable MQ with the settings that it has by default, or with {@code outbox.retention} as well. */
public final class ReliableMq implements GrowingSubject, NodeSubject {

    public static final String NAME = "reliable-mq";

    /** Rows are moved to the archive, and purged from it a second later: so both happen while a backlog is drained. */
    public static final String RETENTION = "retention on";

    private static final Duration KEPT = Duration.ofSeconds(1);
    private static final String ARCHIVE = "reliable_mq_outbox_archive";

    private static final int CONNECTIONS = 4;
    private static final int BATCH = 500;
    private static final SendOutcome STORED = new SendOutcome.Stored();

    private final BenchmarkDatabase database;
    private final DataSource dataSource;
    private final JdbcOutbox outbox;
    private final LaneLayout layout;
    private final boolean retention;
    private final RelaySettings settings = RelaySettings.defaults();

    /** Creates the tables. */
    public ReliableMq(BenchmarkDatabase database) {
        this(database, true);
    }

    /** Another process on tables that are there already. */
    public static ReliableMq existing(BenchmarkDatabase database) {
        return new ReliableMq(database, false);
    }

    private ReliableMq(BenchmarkDatabase database, boolean first) {
        this.database = database;
        dataSource = database.pool(CONNECTIONS);
        outbox = JdbcOutbox.on(dataSource);
        if (first) {
            createTables();
        }
        layout = outbox.lanes().layout(settings.lanes());
        retention = false;
    }

    private ReliableMq(ReliableMq same) {
        database = same.database;
        dataSource = same.dataSource;
        outbox = same.outbox.archiving();
        layout = same.layout;
        retention = true;
    }

    /** The same tables, with retention. */
    public ReliableMq withRetention() {
        return new ReliableMq(this);
    }

    @Override
    public String settings() {
        return retention ? RETENTION : "";
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean ordersKeys() {
        return true;
    }

    @Override
    public String table() {
        return "reliable_mq_outbox";
    }

    /** How many lanes a relay that is alone will own. */
    public int lanes() {
        return layout.lanes();
    }

    /** How many sends its relay has in flight at most. */
    public int window() {
        return settings.maxInFlight();
    }

    @Override
    public void fill(int rows, boolean ordered) {
        fill(rows, ordered, "benchmark");
    }

    /** The same for a given topic. */
    public void fill(int rows, boolean ordered, String topic) {
        database.empty(List.of(table(), ARCHIVE));
        insertInBatches(rows, ordered, topic, sequence -> Map.of());
    }

    /**
     * The same, unordered, each with the trace of a request, of which one in ten is sampled: Spring Boot's default.
     */
    public void fillTraced(int rows, String topic) {
        database.empty(List.of(table(), ARCHIVE));
        insertInBatches(
                rows,
                false,
                topic,
                sequence -> Map.of(
                        "traceparent",
                        "00-%032x-%016x-%s".formatted(sequence + 1, sequence + 1, sequence % 10 == 0 ? "01" : "00")));
    }

    @Override
    public void append(int rows) {
        insertInBatches(rows, false, "benchmark", sequence -> Map.of());
    }

    private void insertInBatches(int rows, boolean ordered, String topic, IntFunction<Map<String, String>> headers) {
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        insert(
                rows,
                ordered,
                topic,
                headers,
                batch -> transaction.executeWithoutResult(
                        status -> outbox.store().insert(batch)));
    }

    @Override
    public Drain start(Deliveries deliveries, int rows, boolean ordered) {
        return start(sender(deliveries), rows);
    }

    /** The same into any sender. */
    public Drain start(MessageSender sender, int rows) {
        RowCount count = new RowCount(rows);
        Running relay = run(sender, count::add);
        ArchivePurge purge = new ArchivePurge(outbox.archive(), KEPT, KEPT, RelayObserver.NONE);
        if (retention) {
            purge.start();
        }
        return new Drain() {
            @Override
            public void awaitEmpty() throws InterruptedException {
                count.await();
            }

            @Override
            public void close() {
                relay.close();
                purge.stop(KEPT);
            }
        };
    }

    @Override
    public Running run(Deliveries deliveries, IntConsumer deleted, boolean ordered) {
        return run(sender(deliveries), deleted);
    }

    private Running run(MessageSender sender, IntConsumer deleted) {
        OutboxRelay relay = relay(sender, new RelayObserver() {
            @Override
            public void settled(int count) {
                deleted.accept(count);
            }
        });
        relay.start();
        return relay::stop;
    }

    private static MessageSender sender(Deliveries deliveries) {
        return message -> deliveries.send(Payloads.sequence(message.payload())).thenApply(nothing -> STORED);
    }

    /** How many of the lanes each process relays; two whole numbers when two of them share the lanes. */
    public List<Integer> lanesByOwner() {
        return new JdbcTemplate(dataSource)
                .queryForList(
                        "SELECT COUNT(*) FROM reliable_mq_outbox_lane WHERE owner IS NOT NULL GROUP BY owner",
                        Integer.class);
    }

    /** All in one transaction: relays that run already find everything at once. */
    public void fillAtOnce(int rows, boolean ordered) {
        new TransactionTemplate(new DataSourceTransactionManager(dataSource))
                .executeWithoutResult(
                        status -> insert(rows, ordered, "benchmark", sequence -> Map.of(), batch -> outbox.store()
                                .insert(batch)));
    }

    private void insert(
            int rows,
            boolean ordered,
            String topic,
            IntFunction<Map<String, String>> headers,
            Consumer<List<LaneMessage>> store) {
        for (int from = 0; from < rows; from += BATCH) {
            store.accept(IntStream.range(from, Math.min(rows, from + BATCH))
                    .mapToObj(sequence -> message(sequence, ordered, topic, headers.apply(sequence)))
                    .toList());
        }
    }

    /** A relay that is not started. */
    public OutboxRelay relay(MessageSender sender, RelayObserver observer) {
        return new OutboxRelay(outbox.store(), outbox.lanes(), layout, sender, settings, observer, "benchmark");
    }

    /** The write side for transactions on that pool, with the relay that is told of them. */
    public Outbox outbox(DataSource business, RelayFeed feed) {
        return TransactionalOutbox.on(business)
                .store(JdbcOutbox.on(business).store())
                .layout(() -> layout)
                .feed(feed)
                .rules(message -> {})
                .converter(new JsonPayloadConverter(JsonMapper.builder().build()))
                .build();
    }

    private LaneMessage message(int sequence, boolean ordered, String topic, Map<String, String> headers) {
        String key = ordered ? Keys.of(sequence) : null;
        int lane = key == null ? sequence % layout.lanes() : layout.laneOf(key);
        return new LaneMessage(lane, message(sequence, key, topic, headers));
    }

    private static OutgoingMessage message(
            int sequence, @Nullable String key, String topic, Map<String, String> headers) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                topic,
                null,
                null,
                key,
                "application/json",
                Payloads.bytesOf(sequence),
                headers,
                System.currentTimeMillis(),
                0);
    }

    private void createTables() {
        try {
            String scripts = "classpath:" + outbox.dialect().scripts() + "/V*__*.sql";
            DatabasePopulatorUtils.execute(
                    new ResourceDatabasePopulator(new PathMatchingResourcePatternResolver().getResources(scripts)),
                    dataSource);
        } catch (IOException e) {
            throw new UncheckedIOException("The scripts that create the outbox's tables are not readable", e);
        }
    }
}
