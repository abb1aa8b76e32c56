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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Kills the application at each arrow of a part of a message's journey and starts it again on the same data. The arrows of a
 * part share one broker and one database, as the runs of an application do: what an earlier arrow left at the broker may come
 * again in a later one, and is known there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CrashContract {

    /** Longer than the hand-over time, so that the message waits in the database, and is moved soon. */
    static final Duration UNTIL_REMINDED = Duration.ofSeconds(4);

    /** Of an order. */
    private static final int MESSAGES = 2;

    private Path folder;
    private EmbeddedBroker broker;
    private Database database;
    private int orders;
    private int parked;
    private int deadLetters;
    private int archived;

    private final CrashPoint.Part part;

    CrashContract(CrashPoint.Part part) {
        this.part = part;
    }

    @BeforeAll
    void startTheBroker(@TempDir Path temporary) {
        folder = temporary;
        broker = Shop.broker(folder.resolve("broker"), 1);
        database = H2Database.createFile(folder.resolve("shop"));
    }

    @AfterAll
    void stopTheBroker() {
        broker.close();
    }

    Stream<CrashPoint> points() {
        return Stream.of(CrashPoint.values()).filter(point -> point.part() == part);
    }

    @ParameterizedTest
    @MethodSource("points")
    void eachMessageHasItsEffectsExactlyOnceAlthoughTheProcessDied(CrashPoint point) throws Exception {
        dieAt(point);
        if (point.isOfAReminder()) {
            assertThat(left("reliable_mq_outbox_due")).isEqualTo(isStillDelayedAfter(point) ? 1 : 0);
        }
        if (point.isOfTheArchive()) {
            int moved = left("reliable_mq_outbox_archive") - archived;
            assertThat(moved > 0).isEqualTo(point == CrashPoint.AFTER_SETTLE_COMMIT);
            assertThat(moved + left("reliable_mq_outbox")).isEqualTo(MESSAGES);
        }

        try (ConfigurableApplicationContext shop = Shop.start(properties(point))) {
            JdbcClient jdbc = shop.getBean(JdbcClient.class);
            count(point);
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

    private void dieAt(CrashPoint point) throws Exception {
        Path log = folder.resolve(point + ".log");
        Process process =
                Shop.launch(CrashingShop.class, log, List.of(point.jvmOption()), Shop.arguments(properties(point)));
        boolean died = process.waitFor(90, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        assertThat(died)
                .as("the process died, its log: " + Files.readString(log))
                .isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(137);
    }

    private Map<String, String> properties(CrashPoint point) {
        Map<String, String> properties = Shop.properties(database, broker.endpoints());
        properties.put("reliable-mq.outbox.hand-over", "2s");
        properties.put("reliable-mq.outbox.retention", point.isOfTheArchive() ? "7d" : "0s");
        return properties;
    }

    private void count(CrashPoint point) {
        orders += point.isOfAnOrder() && point != CrashPoint.BEFORE_ORDER_COMMIT ? 1 : 0;
        parked += point.isOfAParkedMessage() ? 1 : 0;
        deadLetters += point.isOfADeadLetter() ? 1 : 0;
        archived += point.isOfTheArchive() ? MESSAGES : 0;
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
    private static void assertThatItIsEitherTakenBackOrRemindedOnce(
            CrashPoint point, ConfigurableApplicationContext shop) {
        JdbcClient jdbc = shop.getBean(JdbcClient.class);
        String later = "later than " + point;
        shop.getBean(Reminders.class).promise(later, UNTIL_REMINDED);
        await().atMost(Duration.ofSeconds(120)).until(() -> reminded(later, jdbc) == 1);

        boolean takenBack = point == CrashPoint.AFTER_CANCEL_COMMIT;
        await().atMost(Duration.ofSeconds(120))
                .untilAsserted(() -> assertThat(reminded(point.name(), jdbc)).isEqualTo(takenBack ? 0 : 1));
        assertThat(Shop.count(jdbc, "select count(*) from taken_back where customer = '" + point + "'"))
                .isEqualTo(takenBack ? 1 : 0);
        await().until(() -> Shop.tally(jdbc).pending() == 0);
    }

    private static int reminded(String customer, JdbcClient jdbc) {
        return Shop.count(jdbc, "select count(*) from reminded where customer = '" + customer + "'");
    }
}
