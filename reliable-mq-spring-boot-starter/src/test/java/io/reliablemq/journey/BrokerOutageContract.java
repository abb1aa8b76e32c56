package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The broker goes away under load and comes back; the application goes on all the time. */
abstract class BrokerOutageContract {

    /** System property: for how long the broker is away, in seconds of load. */
    private static final int SECONDS = Integer.getInteger("reliable-mq.outage.seconds", 5);

    private static final String OUTBOX = "reliable_mq_outbox";
    private static final String HEARTBEAT = "reliable_mq_outbox_node";
    private static final Logger log = LoggerFactory.getLogger(BrokerOutageContract.class);

    @TempDir
    static Path folder;

    private ConfigurableApplicationContext shop;
    private JdbcClient jdbc;

    @Test
    void nothingInTheOutboxIsChangedMeanwhileAndAllIsDeliveredAfterwards(Database database) throws Exception {
        int port = FreePort.choose();
        EmbeddedBroker broker = startBroker(port);
        Map<String, String> properties = Shop.properties(database, broker.endpoints());
        properties.put("reliable-mq.doctor.enabled", "false"); // it would rightly say that this database does not flush
        try (ConfigurableApplicationContext started = Shop.start(properties)) {
            shop = started;
            jdbc = started.getBean(JdbcClient.class);
            SteadyOrders load = new SteadyOrders(shop.getBean(ShopApplication.Orders.class));
            until(() -> effects() > SteadyOrders.A_SECOND);

            broker.close();
            until(() -> shop.getBean(OutboxRelay.class).status().outages().size() == 2);
            assertThat(Shop.health(shop).getStatus().getCode()).isEqualTo("DEGRADED");
            OutboxChanges changes = OutboxChanges.counted(database, jdbc, shop.getBean(HikariDataSource.class));
            assertThatOnlyHeartbeatsAreWrittenFor(SECONDS * SteadyOrders.A_SECOND, changes);
            assertThat(Shop.health(shop).getStatus().getCode()).isEqualTo("DEGRADED");

            int placed = load.stop();
            broker = startBroker(port);
            recover();
            assertThat(changes.updatesAndDeletes().get(OUTBOX))
                    .as("what is sent, is deleted")
                    .isPositive();
            assertThat(Shop.tally(jdbc).orders()).isEqualTo(placed);
            for (int i = 0; i < SteadyOrders.CUSTOMERS; i++) {
                assertThat(Shop.shippedNumbers(jdbc, SteadyOrders.customer(i))).isSorted();
            }
            until(() -> Shop.health(shop).getStatus().getCode().equals("UP"));
        } finally {
            broker.close();
        }
    }

    private static EmbeddedBroker startBroker(int port) {
        return EmbeddedBroker.start(Shop.brokerSettings(folder).withProxyPort(port));
    }

    private void assertThatOnlyHeartbeatsAreWrittenFor(int orders, OutboxChanges changes) {
        Map<String, Long> before = changes.updatesAndDeletes();
        int placedBefore = orders();
        until(() -> orders() >= placedBefore + orders);
        Map<String, Long> after = changes.updatesAndDeletes();

        assertThat(after.remove(HEARTBEAT)).isGreaterThan(before.remove(HEARTBEAT));
        assertThat(after).isEqualTo(before).containsKeys(OUTBOX, "reliable_mq_outbox_lane");
    }

    private void recover() {
        int waiting = Shop.tally(jdbc).pending();
        assertThat(waiting).isGreaterThanOrEqualTo(2 * SECONDS * SteadyOrders.A_SECOND);
        long back = System.nanoTime();
        until(() -> Shop.tally(jdbc).pending() == 0);
        long sent = System.nanoTime();
        until(() -> Shop.tally(jdbc).exactlyOnce());
        log.info(
                "{} messages had gathered in an outage of {} s of load. All were sent {} ms, and all effects were there {} ms,"
                        + " after the broker was back: {} messages/s sent",
                waiting,
                SECONDS,
                (sent - back) / 1_000_000,
                (System.nanoTime() - back) / 1_000_000,
                waiting * 1_000_000_000L / (sent - back));
    }

    private int orders() {
        return Shop.count(jdbc, "select count(*) from shop_order");
    }

    private int effects() {
        return Shop.tally(jdbc).shipments().applied();
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(120L + SECONDS * 3L)).until(condition);
    }
}
