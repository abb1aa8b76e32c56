package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One of two brokers takes nothing for a while: the customers who have their queue there wait, and nobody else. */
class OneBrokerOfTwoTests {

    @TempDir
    static Path folder;

    private JdbcClient jdbc;

    @Test
    void onlyItsKeysWaitAndGoOnInTheirOrder() throws Exception {
        try (EmbeddedBroker broker =
                EmbeddedBroker.start(Shop.brokerSettings(folder).withBrokers(2))) {
            Map<String, String> properties = Shop.properties(TestDatabase.H2.create(), broker.endpoints());
            properties.put("reliable-mq.doctor.enabled", "false"); // it would rightly say that the disk is full
            try (ConfigurableApplicationContext shop = Shop.start(properties)) {
                jdbc = shop.getBean(JdbcClient.class);
                SteadyOrders load = new SteadyOrders(shop.getBean(ShopApplication.Orders.class));
                await().until(() -> Shop.tally(jdbc).shipments().applied() > SteadyOrders.A_SECOND);

                broker.faults().ofBroker(0).fillDisk();
                // they were all placed in turn: those that do not wait were sent, perhaps only when the first sends
                // were given up
                await().until(() -> keysWaiting(20) > 0 && keysWaiting(10) < SteadyOrders.CUSTOMERS);
                assertThat(parked()).isZero();

                int placed = load.stop();
                broker.faults().ofBroker(0).freeDisk();
                await().until(() -> Shop.tally(jdbc).exactlyOnce());
                assertThat(Shop.tally(jdbc).orders()).isEqualTo(placed);
                for (int i = 0; i < SteadyOrders.CUSTOMERS; i++) {
                    assertThat(Shop.shippedNumbers(jdbc, SteadyOrders.customer(i)))
                            .isSorted();
                }
                assertThat(parked()).isZero();
            }
        }
    }

    private int parked() {
        return Shop.count(jdbc, "select count(*) from reliable_mq_outbox_parked");
    }

    /** Of how many ordering keys at least so many messages wait. */
    private int keysWaiting(int messages) {
        return Shop.count(
                jdbc,
                "select count(*) from (select ordering_key from reliable_mq_outbox where ordering_key is not null"
                        + " group by ordering_key having count(*) >= " + messages + ") waiting");
    }
}
