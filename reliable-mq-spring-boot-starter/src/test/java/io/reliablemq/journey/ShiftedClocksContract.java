package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.testdatabases.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Three processes share the lanes; the clock of one is ten minutes slow and that of another ten minutes fast. */
abstract class ShiftedClocksContract {

    static final String LIBRARY = "RELIABLE_MQ_TEST_LIBFAKETIME";

    @TempDir
    static Path folder;

    private JdbcClient jdbc;

    @Test
    @EnabledIfEnvironmentVariable(
            named = LIBRARY,
            matches = ".+",
            disabledReason = "export RELIABLE_MQ_TEST_LIBFAKETIME=$(.ci/libfaketime.sh)")
    void theClocksOfTheProcessesHaveNoEffect(Database database) throws Exception {
        try (EmbeddedBroker broker = Shop.broker(folder.resolve("broker"), 1)) {
            Map<String, String> properties = Shop.properties(database, broker.endpoints());
            // longer than any pause of a busy machine, much shorter than the clocks are apart
            properties.put("reliable-mq.outbox.relay.lease", "30s");
            try (ConfigurableApplicationContext shop = Shop.start(properties)) {
                jdbc = shop.getBean(JdbcClient.class);
                openCustomers(shop);
                Process slow = launch("-10m", properties);
                Process fast = launch("+10m", properties);
                try {
                    until(this::lanesAreShared);
                    // the time stamps that they have written
                    until(() -> betweenTheirClocks().compareTo(Duration.ofMinutes(15)) > 0);
                    int epochs = epochs();

                    until(() -> Shop.tally(jdbc).orders() == 2 * BusyShop.ENOUGH);
                    until(() -> reminded("at once") == 2 && reminded("soon") == 2);
                    until(() -> Shop.tally(jdbc).exactlyOnce());

                    assertThat(epochs()).as("no lane has changed hands").isEqualTo(epochs);
                    assertThat(reminded("later")).isZero();
                    assertThat(Shop.count(jdbc, "select count(*) from reliable_mq_outbox_due"))
                            .isEqualTo(2);
                    for (int i = 0; i < 4; i++) {
                        assertThat(Shop.shippedNumbers(jdbc, "customer-" + i))
                                .isSorted()
                                .doesNotHaveDuplicates();
                    }
                } finally {
                    slow.destroyForcibly().waitFor();
                    fast.destroyForcibly().waitFor();
                }
            }
        }
    }

    private static void openCustomers(ConfigurableApplicationContext shop) {
        for (int i = 0; i < 4; i++) {
            shop.getBean(ShopApplication.Orders.class).open("customer-" + i);
        }
    }

    private static Process launch(String clock, Map<String, String> properties) throws Exception {
        List<String> arguments = Shop.arguments(properties);
        arguments.add("--reliable-mq.listener.enabled=false");
        Map<String, String> environment = Map.of(
                "LD_PRELOAD",
                System.getenv(LIBRARY),
                "FAKETIME",
                clock,
                // what no clock setting moves in reality either
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                "DONT_FAKE_MONOTONIC",
                "1",
                // its correction for waits by the monotonic clock is wrong for a JVM: they would end at once
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
        return Shop.launch(BusyShop.class, folder.resolve(clock + ".log"), environment, List.of(), arguments);
    }

    private boolean lanesAreShared() {
        List<Integer> shares = Shop.lanesByOwner(jdbc);
        return shares.stream().mapToInt(Integer::intValue).sum() == 16
                && shares.stream().allMatch(share -> share <= 6);
    }

    private Duration betweenTheirClocks() {
        return Duration.ofMillis(
                jdbc.sql("select coalesce(max(created_at_ms) - min(created_at_ms), 0) from reliable_mq_outbox_due")
                        .query(Long.class)
                        .single());
    }

    private int epochs() {
        return Shop.count(jdbc, "select sum(epoch) from reliable_mq_outbox_lane");
    }

    private int reminded(String customer) {
        return Shop.count(jdbc, "select count(*) from reminded where customer = '" + customer + "'");
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(300)).until(condition);
    }
}
