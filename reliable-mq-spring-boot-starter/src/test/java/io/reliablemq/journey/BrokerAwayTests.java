package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.testdatabases.FreePort;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A broker that is away is no error of the application. */
class BrokerAwayTests {

    @TempDir
    static Path folder;

    @Test
    void theApplicationStartsAcceptsSaysSoAndHeals() throws Exception {
        int port = FreePort.choose();
        String endpoint = "127.0.0.1:" + port;
        try (ConfigurableApplicationContext shop = Shop.start(Shop.properties(TestDatabase.H2.create(), endpoint))) {
            ShopApplication.Orders orders = shop.getBean(ShopApplication.Orders.class);
            JdbcClient jdbc = shop.getBean(JdbcClient.class);
            orders.open("ann");
            orders.place("ann");

            Health health = Shop.health(shop);
            assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
            assertThat(health.getDetails().get("broker")).isEqualTo(Map.of("endpoints", endpoint, "reachable", false));
            assertThat(Shop.tally(jdbc).pending()).isEqualTo(2);

            try (EmbeddedBroker broker =
                    EmbeddedBroker.start(Shop.brokerSettings(folder).withProxyPort(port))) {
                await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> assertThat(Shop.tally(jdbc))
                        .matches(Shop.Tally::exactlyOnce, "each order once in each consumer group"));
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> Shop.health(shop).getStatus().getCode().equals("UP"));
                shop.close();
            }
        }
    }

    @Test
    void anApplicationThatRequiresTheBrokerDoesNotStartWithoutIt() throws Exception {
        Map<String, String> properties = Shop.properties(TestDatabase.H2.create(), "127.0.0.1:" + FreePort.choose());
        properties.put("reliable-mq.startup.broker", "required");
        properties.put("reliable-mq.startup.broker-timeout", "1s");

        assertThatThrownBy(() -> Shop.start(properties))
                .hasRootCauseMessage("The broker at %s has not answered for PT1S, and"
                                .formatted(properties.get("reliable-mq.rocketmq.endpoints"))
                        + " reliable-mq.startup.broker=required.");
    }
}
