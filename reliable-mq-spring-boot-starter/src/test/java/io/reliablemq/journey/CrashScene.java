package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.journey.ShopApplication.Reminders;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.H2Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A broker and a database that applications die on, one after the other: what one of them left at the broker may come again in a
 * later one, and is known there.
 */
final class CrashScene implements AutoCloseable {

    /** Longer than the hand-over time, so that the message waits in the database, and is moved soon. */
    static final Duration UNTIL_REMINDED = Duration.ofSeconds(4);

    /** Of an order. */
    private static final int MESSAGES = 2;

    private static final int DIED = 137;

    private final Path folder;
    private final EmbeddedBroker broker;
    private final Database database;
    private int runs;
    private int orders;
    private int parked;
    private int deadLetters;
    private int archived;

    CrashScene(Path folder) {
        this.folder = folder;
        this.broker = Shop.broker(folder.resolve("broker"), 1);
        this.database = H2Database.createFile(folder.resolve("shop"));
    }

    @Override
    public void close() {
        broker.close();
    }

    /**
     * Does what leads to that point, and dies there.
     *
     * @param archive whether what is sent is kept
     */
    void dieAt(CrashPoint point, boolean archive) throws Exception {
        dieAt(point, archive, false);
    }

    /** @param unsettled whether nothing that is sent is settled until then */
    void dieAt(CrashPoint point, boolean archive, boolean unsettled) throws Exception {
        runs++;
        Path log = folder.resolve(run(point) + ".log");
        String[] more = unsettled ? new String[] {CrashPoint.JVM_OPTION_UNSETTLED} : new String[0];
        assertThat(exitCode(log, archive, run(point), point, more))
                .as(Files.readString(log))
                .isEqualTo(DIED);
    }

    /** Also the name of its customer. */
    private String run(CrashPoint first) {
        return first + "-" + runs;
    }

    /** Starts again on what the first death has left, and dies a second time. False when there was nothing left to do at that point. */
    boolean dieAgainAt(CrashPoint second, CrashPoint first, boolean archive) throws Exception {
        Path log = folder.resolve(run(first) + "-" + second + ".log");
        int exitCode = exitCode(log, archive, run(first), second, first.jvmOptionOfTheFirst());
        assertThat(exitCode).as(Files.readString(log)).isIn(0, DIED);
        return exitCode == DIED;
    }

    private int exitCode(Path log, boolean archive, String run, CrashPoint point, String... more) throws Exception {
        List<String> jvmOptions = new ArrayList<>(point.jvmOptions(run));
        jvmOptions.add(CrashPoint.jvmOptionOfTheRun(run));
        jvmOptions.addAll(List.of(more));
        Process process = Shop.launch(CrashingShop.class, log, jvmOptions, Shop.arguments(properties(archive)));
        boolean ended = process.waitFor(90, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        assertThat(ended)
                .as("the process died, its log: " + Files.readString(log))
                .isTrue();
        return process.exitValue();
    }

    /** What is in the tables after the first death. */
    void assertThatTheTablesAreThoseOf(CrashPoint point) {
        if (point.isOfAReminder()) {
            assertThat(left("reliable_mq_outbox_due")).isEqualTo(isStillDelayedAfter(point) ? 1 : 0);
        }
        if (point == CrashPoint.BEFORE_SETTLE) {
            assertThat(left("reliable_mq_outbox")).isEqualTo(MESSAGES);
        }
        if (point == CrashPoint.AFTER_SETTLE) {
            assertThat(left("reliable_mq_outbox")).isLessThan(MESSAGES);
        }
        if (point.isOfTheArchive()) {
            int moved = left("reliable_mq_outbox_archive") - archived;
            assertThat(moved > 0).isEqualTo(point == CrashPoint.AFTER_SETTLE_COMMIT);
            assertThat(moved + left("reliable_mq_outbox")).isEqualTo(MESSAGES);
        }
    }

    void assertThatAllHasItsEffectsExactlyOnce(CrashPoint point, boolean archive) {
        try (ConfigurableApplicationContext shop = Shop.start(properties(archive))) {
            JdbcClient jdbc = shop.getBean(JdbcClient.class);
            count(point, archive);
            await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> assertThat(Shop.tally(jdbc))
                    .matches(Shop.Tally::exactlyOnce, "each order once in each consumer group"));
            assertThat(Shop.tally(jdbc).orders()).isEqualTo(orders);
            await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
                assertThat(Shop.count(jdbc, "select count(*) from reliable_mq_outbox_parked"))
                        .isEqualTo(parked);
                assertThat(Shop.count(jdbc, "select count(*) from reliable_mq_dead_letter"))
                        .isEqualTo(deadLetters);
            });
            assertThat(Shop.count(jdbc, "select count(*) from reliable_mq_outbox_archive"))
                    .isEqualTo(archived);
            assertThat(Shop.count(jdbc, "select count(distinct message_id) from reliable_mq_outbox_archive"))
                    .isEqualTo(archived);
            if (point.isOfAReminder()) {
                assertThatItIsEitherTakenBackOrRemindedOnce(point, shop);
            }
        }
    }

    private Map<String, String> properties(boolean archive) {
        Map<String, String> properties = Shop.properties(database, broker.endpoints());
        properties.put("reliable-mq.outbox.hand-over", "2s");
        properties.put("reliable-mq.outbox.retention", archive ? "7d" : "0s");
        return properties;
    }

    private void count(CrashPoint point, boolean archive) {
        orders += point.isOfAnOrder() && point != CrashPoint.BEFORE_ORDER_COMMIT ? 1 : 0;
        parked += point.isOfAParkedMessage() ? 1 : 0;
        deadLetters += point.isOfPoison() ? 1 : 0;
        archived += archive ? MESSAGES : 0;
    }

    private static boolean isStillDelayedAfter(CrashPoint point) {
        return point == CrashPoint.BEFORE_MOVE_COMMIT || point == CrashPoint.BEFORE_CANCEL_COMMIT;
    }

    /** Rows of a table, while no process runs. */
    private int left(String table) {
        try (HikariDataSource dataSource = database.dataSource(1)) {
            return Shop.count(JdbcClient.create(dataSource), "select count(*) from " + table);
        }
    }

    /** Another one that is promised now comes later, so that what was to come has come. */
    private void assertThatItIsEitherTakenBackOrRemindedOnce(CrashPoint point, ConfigurableApplicationContext shop) {
        JdbcClient jdbc = shop.getBean(JdbcClient.class);
        String later = "later than " + run(point);
        shop.getBean(Reminders.class).promise(later, UNTIL_REMINDED);
        await().atMost(Duration.ofSeconds(120)).until(() -> reminded(later, jdbc) == 1);

        boolean takenBack = point == CrashPoint.AFTER_CANCEL_COMMIT;
        await().atMost(Duration.ofSeconds(120))
                .untilAsserted(() -> assertThat(reminded(run(point), jdbc)).isEqualTo(takenBack ? 0 : 1));
        assertThat(Shop.count(jdbc, "select count(*) from taken_back where customer = '" + run(point) + "'"))
                .isEqualTo(takenBack ? 1 : 0);
        await().until(() -> Shop.tally(jdbc).pending() == 0);
    }

    private static int reminded(String customer, JdbcClient jdbc) {
        return Shop.count(jdbc, "select count(*) from reminded where customer = '" + customer + "'");
    }
}
