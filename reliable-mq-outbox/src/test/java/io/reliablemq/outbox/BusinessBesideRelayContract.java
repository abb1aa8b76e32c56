package io.reliablemq.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.retention.ArchivePurge;
import io.reliablemq.outbox.spi.ArchiveStore;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadConverter.Converted;
import io.reliablemq.outbox.spi.RelayFeed;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import io.reliablemq.outbox.write.OutboxFixture;
import io.reliablemq.outbox.write.TransactionalOutbox;
import io.reliablemq.testdatabases.Database;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Eight threads of business transactions at REPEATABLE READ, each on rows of its own so that they do not wait for each other,
 * beside a relay that sends, settles, parks and moves delayed messages all the time: first one that deletes what is sent, then one that
 * archives it, beside a purge of the archive. The database itself counts who waited.
 */
abstract class BusinessBesideRelayContract {

    private static final Logger log = LoggerFactory.getLogger(BusinessBesideRelayContract.class);

    /** System property: transactions of each thread, without a relay and beside each. */
    private static final int TRANSACTIONS = Integer.getInteger("reliable-mq.contention.transactions", 250);

    private static final int THREADS = 8;
    private static final int LANES = 16;
    private static final Duration HAND_OVER = Duration.ofSeconds(2);
    private static final Duration SOON = HAND_OVER.plusMillis(50);
    private static final Duration MUCH_LATER = Duration.ofHours(1);
    private static final Duration PURGE_INTERVAL = Duration.ofMillis(5);
    /** Shorter than a purge may be told, so that there is always something to purge. */
    private static final Duration KEPT = Duration.ofMillis(50);

    private final AtomicInteger purged = new AtomicInteger();

    private HikariDataSource dataSource;
    private JdbcTemplate jdbc;
    private JdbcOutbox tables;
    private LaneLayout layout;
    private OutboxRelay relay;
    private ArchivePurge purge;

    /** As the database counts them since it was started, for all of its sessions. */
    record Contention(long lockWaits, long deadlocks) {

        Contention since(Contention before) {
            return new Contention(lockWaits - before.lockWaits, deadlocks - before.deadlocks);
        }
    }

    abstract Contention contention(JdbcTemplate jdbc);

    @BeforeEach
    void createTables(Database database) {
        dataSource = database.dataSource(THREADS + 4);
        jdbc = new JdbcTemplate(dataSource);
        tables = JdbcOutbox.on(dataSource);
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:" + tables.dialect().scripts())
                .load()
                .migrate();
        layout = tables.lanes().layout(LANES);
        jdbc.execute("CREATE TABLE account (id INT PRIMARY KEY, orders INT NOT NULL)");
        jdbc.execute(
                "CREATE TABLE shop_order (id BIGINT AUTO_INCREMENT PRIMARY KEY, account INT NOT NULL, number INT)");
        for (int thread = 0; thread < THREADS; thread++) {
            jdbc.update("INSERT INTO account (id, orders) VALUES (?, 0)", thread);
        }
        relay = relay(tables);
        purge = new ArchivePurge(purgingSoon(), Duration.ofSeconds(1), PURGE_INTERVAL, new RelayObserver() {
            @Override
            public void purged(int messages) {
                purged.addAndGet(messages);
            }
        });
    }

    private OutboxRelay relay(JdbcOutbox ofIt) {
        return new OutboxRelay(ofIt.store(), ofIt.lanes(), layout, sender(), settings(), RelayObserver.NONE, "busy");
    }

    private ArchiveStore purgingSoon() {
        ArchiveStore archive = tables.archive();
        return new ArchiveStore() {
            @Override
            public int purge(Duration retention, int limit) {
                return archive.purge(KEPT, limit);
            }

            @Override
            public Content content() {
                return archive.content();
            }
        };
    }

    @AfterEach
    void stop() {
        relay.stop();
        purge.stop(Duration.ofSeconds(10));
        dataSource.close();
    }

    @Test
    void neitherWaitsForTheRelayNorDeadlocksWithIt() throws Exception {
        Contention alone = countedDuring(new WriteOnlyFeed());
        Contention beside = countedBesideRelay();
        relay.stop();
        relay = relay(tables.archiving());
        purge.start();
        Contention besideArchive = countedBesideRelay();

        log.info(
                "{} business transactions: {} alone, {} beside the relay, {} beside archive and purge",
                THREADS * TRANSACTIONS,
                alone,
                beside,
                besideArchive);
        assertThat(List.of(alone, beside, besideArchive)).containsOnly(new Contention(0, 0));
        assertThat(jdbc.queryForObject("SELECT SUM(orders) FROM account", Integer.class))
                .isEqualTo(3 * THREADS * TRANSACTIONS);
        assertThat(tables.store().backlog().parked())
                .as("the relay has parked, too")
                .isPositive();
        assertThat(purged).as("what was archived meanwhile was purged, too").hasPositiveValue();
    }

    private Contention countedBesideRelay() throws Exception {
        relay.start();
        until(() -> relay.status().lanes() == LANES);
        Contention counted = countedDuring(relay);
        until(() -> tables.store().backlog().rows() == 0);
        return counted;
    }

    private Contention countedDuring(RelayFeed feed) throws Exception {
        Outbox outbox = outbox(feed);
        Contention before = contention(jdbc);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int account = thread;
                runs.add(threads.submit(() -> business(outbox, account)));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return contention(jdbc).since(before);
    }

    private void business(Outbox outbox, int account) {
        TransactionTemplate transaction =
                new TransactionTemplate(OutboxFixture.listening(new DataSourceTransactionManager(dataSource)));
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        Deque<UUID> reminders = new ArrayDeque<>();
        for (int i = 0; i < TRANSACTIONS; i++) {
            int number = i;
            transaction.executeWithoutResult(status -> order(outbox, account, number, reminders));
        }
    }

    private void order(Outbox outbox, int account, int number, Deque<UUID> reminders) {
        jdbc.update("UPDATE account SET orders = orders + 1 WHERE id = ?", account);
        jdbc.update("INSERT INTO shop_order (account, number) VALUES (?, ?)", account, number);
        outbox.send("orders", "order " + number);
        outbox.send(OutboxMessage.to(number % 50 == 0 ? "refused" : "orders")
                .orderedBy("account-" + account + "-" + number % 50)
                .payload("order " + number));
        outbox.send(OutboxMessage.to("soon").delay(SOON).payload("order " + number));
        reminders.add(
                outbox.send(OutboxMessage.to("reminders").delay(MUCH_LATER).payload("order " + number)));
        if (reminders.size() > 10) {
            assertThat(outbox.cancel(reminders.remove())).isEqualTo(Cancellation.CANCELLED);
        }
    }

    private Outbox outbox(RelayFeed feed) {
        return TransactionalOutbox.on(dataSource)
                .store(tables.store())
                .layout(() -> layout)
                .feed(feed)
                .rules(message -> {})
                .converter(payload -> new Converted(payload.toString().getBytes(StandardCharsets.UTF_8), "text/plain"))
                .handOver(HAND_OVER)
                .build();
    }

    private static RelaySettings settings() {
        RelaySettings defaults = RelaySettings.defaults();
        return new RelaySettings(
                LANES,
                Duration.ofSeconds(5),
                Duration.ofMillis(1),
                Duration.ofMillis(20),
                defaults.trailing(),
                Duration.ofSeconds(1),
                defaults.maxInFlight(),
                defaults.maxHeld(),
                defaults.maxHeldBytes(),
                defaults.retry(),
                defaults.shutdownTimeout());
    }

    private static MessageSender sender() {
        return message -> CompletableFuture.completedFuture(outcome(message));
    }

    private static SendOutcome outcome(OutgoingMessage message) {
        if (message.topic().equals("refused")) {
            return new SendOutcome.Refused(Reason.TOO_LARGE, "by the test");
        }
        return ThreadLocalRandom.current().nextInt(100) == 0
                ? new SendOutcome.Unknown("by the test")
                : new SendOutcome.Stored();
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(condition);
    }

    private static final class WriteOnlyFeed implements RelayFeed {

        @Override
        public int unorderedLane() {
            return ThreadLocalRandom.current().nextInt(LANES);
        }

        @Override
        public void announce(Collection<UUID> messageIds) {}

        @Override
        public void committed(List<OutboxRow> rows) {}

        @Override
        public void released(Collection<UUID> messageIds) {}
    }
}
