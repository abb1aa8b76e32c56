package io.reliablemq.outbox.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.operations.AuditedOperations;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One process of the application, in a JVM of its own or in that of the test: writes numbered messages and relays them to a broker
 * that writes them into the {@link Journal}.
 */
final class Instance implements AutoCloseable {

    static final Duration LEASE = Duration.ofSeconds(1);
    static final List<String> NAMES = IntStream.rangeClosed(0, 8)
            .mapToObj(i -> i == 0 ? Journal.UNORDERED : "key-" + i)
            .toList();

    private static final RelaySettings SETTINGS = new RelaySettings(
            1,
            LEASE,
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofSeconds(1),
            64,
            512,
            16L * 1024 * 1024,
            new Backoff(Duration.ofMillis(5), Duration.ofMillis(50)),
            Duration.ofSeconds(5));

    final JdbcOutbox outbox;
    final OutboxOperations operations;
    final OutboxRelay relay;
    final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();

    /** Those of this JVM that have lost their lanes, as on a machine that is too busy: they may have sent twice. */
    private static final Set<String> FENCED = ConcurrentHashMap.newKeySet();

    final JdbcTemplate jdbc;
    final Journal journal;

    private final String name;
    private final HikariDataSource pool;
    private final Journal business;
    private final TransactionTemplate transaction;
    private final ExecutorService network = Executors.newFixedThreadPool(2);
    private ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();

    Instance(String name, Database database) {
        this(name, database, dataSource -> dataSource, lanes -> lanes);
    }

    Instance(String name, Database database, UnaryOperator<DataSource> connections, UnaryOperator<LaneStore> lanes) {
        this.name = name;
        pool = database.dataSource(8);
        jdbc = new JdbcTemplate(pool);
        journal = new Journal(pool);
        DataSource dataSource = connections.apply(pool);
        outbox = JdbcOutbox.on(dataSource).archiving();
        business = new Journal(dataSource);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        relay = new OutboxRelay(
                outbox.store(),
                lanes.apply(outbox.lanes()),
                outbox.lanes().layout(),
                broker(),
                SETTINGS,
                new RelayObserver() {
                    @Override
                    public void fenced(String reason) {
                        FENCED.add(name);
                    }
                },
                name);
        operations =
                new AuditedOperations(outbox.operators(), relay::layout, message -> {}, message -> message, deed -> {});
    }

    /** Stores a message some milliseconds after it was sent; a late one of a victim never, so that it is still there afterwards. */
    private MessageSender broker() {
        return message -> isToStay(message)
                ? new CompletableFuture<>()
                : CompletableFuture.supplyAsync(
                        () -> {
                            journal.received(name, message);
                            return new SendOutcome.Stored();
                        },
                        CompletableFuture.delayedExecutor(
                                ThreadLocalRandom.current().nextInt(5), TimeUnit.MILLISECONDS, network));
    }

    private boolean isToStay(OutgoingMessage message) {
        return name.startsWith(Journal.VICTIM) && String.valueOf(message.key()).startsWith(Journal.LATE);
    }

    /** One transaction after the other, until {@link #stopWriting}. */
    void startWriting() {
        writer = Executors.newSingleThreadScheduledExecutor();
        writer.scheduleWithFixedDelay(
                () -> {
                    try {
                        write(List.of(NAMES.get(ThreadLocalRandom.current().nextInt(NAMES.size()))));
                    } catch (RuntimeException e) {
                        failures.add(e);
                    }
                },
                0,
                5,
                TimeUnit.MILLISECONDS);
    }

    void stopWriting() {
        writer.shutdown();
        try {
            writer.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One message each, in one transaction. */
    List<RowRef> write(List<String> names) {
        List<OutboxRow> rows = transaction.execute(status -> {
            List<LaneMessage> messages = new ArrayList<>();
            for (String name : names) {
                OutgoingMessage message = message(name, business.next(name));
                String key = message.orderingKey();
                messages.add(new LaneMessage(
                        key == null ? relay.unorderedLane() : relay.layout().laneOf(key), message));
            }
            return outbox.store().insert(messages);
        });
        return rows.stream().map(OutboxRow::ref).toList();
    }

    /** As a writer does that has chosen the lane long ago. */
    void writeLate(String name, int lane) {
        transaction.executeWithoutResult(
                status -> outbox.store().insert(List.of(new LaneMessage(lane, message(name, business.next(name))))));
    }

    private static OutgoingMessage message(String name, int number) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                "topic",
                null,
                name,
                name.equals(Journal.UNORDERED) ? null : name,
                "text/plain",
                String.valueOf(number).getBytes(UTF_8),
                Map.of(),
                1,
                0);
    }

    /** All that was written has come, in order, and what has come twice was sent by one that has died. */
    void checkReceived() {
        journal.checkReceived(process -> process.startsWith(Journal.VICTIM) || FENCED.contains(process));
    }

    boolean ownsFirstLane() {
        return Integer.valueOf(1)
                .equals(jdbc.queryForObject(
                        "SELECT COUNT(*) FROM reliable_mq_outbox_lane l JOIN reliable_mq_outbox_node n ON n.node = l.owner"
                                + " WHERE l.lane = 0 AND n.name = ?",
                        Integer.class,
                        name));
    }

    int count(String what) {
        Integer count = jdbc.queryForObject("SELECT COUNT(*) FROM " + what, Integer.class);
        return count == null ? 0 : count;
    }

    static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    @Override
    public void close() {
        stopWriting();
        relay.stop();
        network.shutdownNow();
        pool.close();
    }
}
