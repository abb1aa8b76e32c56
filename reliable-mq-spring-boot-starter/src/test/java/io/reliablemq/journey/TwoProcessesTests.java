package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two processes share the lanes of one database; one of them is killed under load. */
class TwoProcessesTests {

    @TempDir
    static Path folder;

    @Test
    void theSurvivorTakesTheLanesOfTheKilledAndNothingIsLostOrOutOfOrder() throws Exception {
        Database database = TestDatabase.POSTGRESQL.create();
        try (EmbeddedBroker broker = Shop.broker(folder.resolve("broker"), 1)) {
            Map<String, String> properties = Shop.properties(database, broker.endpoints());
            try (ConfigurableApplicationContext survivor = Shop.start(properties)) {
                JdbcClient jdbc = survivor.getBean(JdbcClient.class);
                openCustomers(survivor);
                Process victim = launchWithoutListeners(properties);
                try {
                    await().atMost(Duration.ofSeconds(60))
                            .until(() -> Shop.lanesByOwner(jdbc).size() == 2);
                    await().atMost(Duration.ofSeconds(60)).until(() -> orders(jdbc) > BusyShop.ENOUGH / 4);
                } finally {
                    victim.destroyForcibly().waitFor();
                }

                await().atMost(Duration.ofSeconds(60))
                        .until(() -> Shop.lanesByOwner(jdbc).equals(List.of(16)));
                await().atMost(Duration.ofSeconds(120))
                        .until(() -> Shop.tally(jdbc).exactlyOnce());
                assertThat(orders(jdbc)).isGreaterThan(BusyShop.ENOUGH / 4);
                for (int i = 0; i < 4; i++) {
                    assertThat(Shop.shippedNumbers(jdbc, "customer-" + i))
                            .isSorted()
                            .doesNotHaveDuplicates();
                }
            }
        }
    }

    private static void openCustomers(ConfigurableApplicationContext shop) {
        for (int i = 0; i < 4; i++) {
            shop.getBean(ShopApplication.Orders.class).open("customer-" + i);
        }
    }

    private static Process launchWithoutListeners(Map<String, String> properties) throws Exception {
        List<String> arguments = Shop.arguments(properties);
        arguments.add("--reliable-mq.listener.enabled=false");
        return Shop.launch(BusyShop.class, folder.resolve("victim.log"), List.of(), arguments);
    }

    private static int orders(JdbcClient jdbc) {
        return Shop.count(jdbc, "select count(*) from shop_order");
    }
}
