package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.H2Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;

/** An outbox in a file with some messages of each key, and the processes that relay it, one after the other. */
final class CrashedOutbox {

    static final int KEYS = 10;
    static final int EACH = 3;
    /** No broker takes its first message, which is empty; it is in the second half of them. */
    static final int POISONED = 7;

    private final Database database;
    private final Path folder;

    private CrashedOutbox(Database database, Path folder) {
        this.database = database;
        this.folder = folder;
    }

    static CrashedOutbox create(Path folder, String topic) throws IOException {
        Database database = H2Database.createFile(folder);
        try (HikariDataSource pool = database.dataSource(2)) {
            JdbcOutbox outbox = JdbcOutbox.on(pool);
            String scripts = "classpath:" + outbox.dialect().scripts() + "/V*__*.sql";
            DatabasePopulatorUtils.execute(
                    new ResourceDatabasePopulator(new PathMatchingResourcePatternResolver().getResources(scripts)),
                    pool);
            LaneLayout layout = outbox.lanes().layout(settings().lanes());
            List<LaneMessage> messages = IntStream.range(0, KEYS * EACH)
                    .mapToObj(i -> message(topic, i))
                    .map(message -> new LaneMessage(layout.laneOf(message.orderingKey()), message))
                    .toList();
            new TransactionTemplate(new DataSourceTransactionManager(pool))
                    .executeWithoutResult(status -> outbox.store().insert(messages));
        }
        return new CrashedOutbox(database, folder);
    }

    private static OutgoingMessage message(String topic, int i) {
        String body = i == POISONED ? "" : Integer.toString(i / KEYS);
        return TextMessage.of(topic, "key " + i % KEYS, body);
    }

    /** With a lease that ends soon after its process. */
    private static RelaySettings settings() {
        RelaySettings usual = RelaySettings.defaults();
        return new RelaySettings(
                usual.lanes(),
                Duration.ofSeconds(3),
                usual.pollMin(),
                usual.pollMax(),
                usual.trailing(),
                usual.sweep(),
                usual.maxInFlight(),
                usual.maxHeld(),
                usual.maxHeldBytes(),
                usual.retry(),
                usual.shutdownTimeout());
    }

    static OutboxRelay relay(DataSource database, MessageSender sender) {
        JdbcOutbox outbox = JdbcOutbox.on(database);
        LaneLayout layout = outbox.lanes().layout(settings().lanes());
        return new OutboxRelay(
                outbox.store(), outbox.lanes(), layout, sender, settings(), RelayObserver.NONE, "a relay");
    }

    /** Runs a process that dies there. */
    void dieAt(CrashingRelay.Point point, String nameServer) throws Exception {
        Path log = folder.resolve("process.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-Djava.net.preferIPv4Stack=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingRelay.class.getName(),
                        point.name(),
                        Integer.toString(KEYS),
                        nameServer,
                        database.jdbcUrl(),
                        database.username())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        assertThat(ended)
                .as("the process died, its log: %s", Files.readString(log))
                .isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(137);
    }

    /** Relays what is left in this process, and returns when the outbox is empty. */
    void drainThrough(MessageSender sender) throws Exception {
        try (HikariDataSource pool = database.dataSource(4)) {
            OutboxRelay relay = relay(pool, sender);
            relay.start();
            try {
                await().atMost(Duration.ofSeconds(120)).until(() -> rows(pool, "reliable_mq_outbox") == 0);
            } finally {
                relay.stop();
            }
            assertThat(rows(pool, "reliable_mq_outbox_parked"))
                    .as("the poisoned message, and those that are behind it")
                    .isEqualTo(EACH);
        }
    }

    private static int rows(DataSource pool, String table) {
        Integer count = new JdbcTemplate(pool).queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
        return count == null ? 0 : count;
    }
}
