package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Three instances are stopped and started again, one after the other, while another one takes orders. */
class RollingRestartTests {

    private static final int INSTANCES = 3;
    private static final Duration KUBERNETES_GRACE = Duration.ofSeconds(30);
    private static final Logger log = LoggerFactory.getLogger(RollingRestartTests.class);

    @TempDir
    static Path folder;

    private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

    @Test
    void nothingIsLostOrAppliedTwiceOrOutOfOrder() throws Exception {
        try (EmbeddedBroker broker = Shop.broker(folder, 1)) {
            Map<String, String> properties = Shop.properties(TestDatabase.POSTGRESQL.create(), broker.endpoints());
            Map<String, String> withoutListeners = new TreeMap<>(properties);
            withoutListeners.put("reliable-mq.listener.auto-startup", "false");
            try (ConfigurableApplicationContext front = Shop.start(withoutListeners)) {
                JdbcClient jdbc = front.getBean(JdbcClient.class);
                for (int i = 0; i < INSTANCES; i++) {
                    instances.add(Shop.start(properties));
                }
                SteadyOrders load = new SteadyOrders(front.getBean(ShopApplication.Orders.class));
                for (int i = 0; i < INSTANCES; i++) {
                    awaitMoreEffects(jdbc);
                    instances.set(i, restarted(instances.get(i), properties));
                }
                awaitMoreEffects(jdbc);
                int placed = load.stop();

                until(() -> Shop.tally(jdbc).exactlyOnce());
                assertThat(Shop.tally(jdbc).orders()).isEqualTo(placed);
                for (int i = 0; i < SteadyOrders.CUSTOMERS; i++) {
                    assertThat(Shop.shippedNumbers(jdbc, SteadyOrders.customer(i)))
                            .isSorted()
                            .doesNotHaveDuplicates();
                }
            } finally {
                instances.forEach(ConfigurableApplicationContext::close);
            }
        }
    }

    private static ConfigurableApplicationContext restarted(
            ConfigurableApplicationContext instance, Map<String, String> properties) {
        long began = System.nanoTime();
        instance.close();
        Duration stopped = Duration.ofNanos(System.nanoTime() - began);
        log.info("An instance under load has stopped after {} ms", stopped.toMillis());
        assertThat(stopped).isLessThan(KUBERNETES_GRACE);
        return Shop.start(properties);
    }

    /** A second's worth in each of the groups. */
    private static void awaitMoreEffects(JdbcClient jdbc) {
        Shop.Tally before = Shop.tally(jdbc);
        until(() -> {
            Shop.Tally now = Shop.tally(jdbc);
            return now.reservations().applied() >= before.reservations().applied() + SteadyOrders.A_SECOND
                    && now.shipments().applied() >= before.shipments().applied() + SteadyOrders.A_SECOND;
        });
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(120)).until(condition);
    }
}
