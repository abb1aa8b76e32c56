package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.H2Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Kills the application at each arrow of a message's journey and starts it again on the same data. The arrows share one
 * broker and one database, as the runs of an application do: what an earlier arrow left at the broker may come again in a
 * later one, and is known there.
 */
class CrashTests {

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static Database database;
    private static int orders;
    private static int parked;
    private static int deadLetters;

    @BeforeAll
    static void startTheBroker() {
        broker = Shop.broker(folder.resolve("broker"), 1);
        database = H2Database.createFile(folder.resolve("shop"));
    }

    @AfterAll
    static void stopTheBroker() {
        broker.close();
    }

    @ParameterizedTest
    @EnumSource
    void eachOrderHasItsEffectsExactlyOnceAlthoughTheProcessDied(CrashPoint point) throws Exception {
        List<String> arguments = Shop.arguments(Shop.properties(database, broker.endpoints()));
        Path log = folder.resolve(point + ".log");

        Process process = Shop.launch(CrashingShop.class, log, List.of(point.jvmOption()), arguments);

        assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("the process died").isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(137);
        try (ConfigurableApplicationContext shop = Shop.start(Shop.properties(database, broker.endpoints()))) {
            JdbcClient jdbc = shop.getBean(JdbcClient.class);
            orders += point.isOfAnOrder() && point != CrashPoint.BEFORE_ORDER_COMMIT ? 1 : 0;
            parked += point.isOfAParkedMessage() ? 1 : 0;
            deadLetters += point.isOfADeadLetter() ? 1 : 0;
            await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> assertThat(Shop.tally(jdbc))
                    .matches(Shop.Tally::exactlyOnce, "each order once in each consumer group"));
            assertThat(Shop.tally(jdbc).orders()).isEqualTo(orders);
            await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
                assertThat(Shop.count(jdbc, "select count(*) from reliable_mq_outbox_parked"))
                        .isEqualTo(parked);
                assertThat(Shop.count(jdbc, "select count(*) from reliable_mq_dead_letter"))
                        .isEqualTo(deadLetters);
            });
        }
    }
}
