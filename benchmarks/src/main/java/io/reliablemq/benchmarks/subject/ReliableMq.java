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
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Reliable MQ with the settings that it has by default, or with {@code outbox.retention} as well. */
public final class ReliableMq implements RelaySubject {

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
        this.database = database;
        dataSource = database.pool(CONNECTIONS);
        outbox = JdbcOutbox.on(dataSource);
        createTables();
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
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        for (int from = 0; from < rows; from += BATCH) {
            List<LaneMessage> batch = IntStream.range(from, Math.min(rows, from + BATCH))
                    .mapToObj(sequence -> message(sequence, ordered, topic))
                    .toList();
            transaction.executeWithoutResult(status -> outbox.store().insert(batch));
        }
    }

    @Override
    public Drain start(Deliveries deliveries, int rows, boolean ordered) {
        MessageSender sender =
                message -> deliveries.send(Payloads.sequence(message.payload())).thenApply(nothing -> STORED);
        return start(sender, rows);
    }

    /** The same into any sender. */
    public Drain start(MessageSender sender, int rows) {
        RowCount settled = new RowCount(rows);
        OutboxRelay relay = relay(sender, new RelayObserver() {
            @Override
            public void settled(int count) {
                settled.add(count);
            }
        });
        relay.start();
        ArchivePurge purge = new ArchivePurge(outbox.archive(), KEPT, KEPT);
        if (retention) {
            purge.start();
        }
        return new Drain() {
            @Override
            public void awaitEmpty() throws InterruptedException {
                settled.await();
            }

            @Override
            public void close() {
                relay.stop();
                purge.stop(KEPT);
            }
        };
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

    private LaneMessage message(int sequence, boolean ordered, String topic) {
        String key = ordered ? Keys.of(sequence) : null;
        int lane = key == null ? sequence % layout.lanes() : layout.laneOf(key);
        return new LaneMessage(lane, message(sequence, key, topic));
    }

    private static OutgoingMessage message(int sequence, @Nullable String key, String topic) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                topic,
                null,
                null,
                key,
                "application/json",
                Payloads.bytesOf(sequence),
                Map.of(),
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
