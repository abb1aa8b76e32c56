package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two processes share the lanes of one database; one of them ends under load. */
class TwoProcessesTests {

    private static final int ENOUGH = 100;
    /** Of Kubernetes, before it kills. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** What is sent twice for another reason: however busy the machine is, it takes less. */
    private static final Map<String, String> NOBODY_IS_TAKEN_FOR_DEAD = Map.of(
            "reliable-mq.outbox.relay.lease", "12s",
            "reliable-mq.rocketmq.request-timeout", "20s",
            "reliable-mq.outbox.relay.shutdown-timeout", "20s");

    @TempDir
    Path folder;

    private Map<String, String> properties;
    private JdbcClient jdbc;

    /** What becomes of the process that places the orders. */
    private interface End {
        void of(Process victim) throws Exception;
    }

    @Test
    void theSurvivorTakesTheLanesOfTheKilledAndNothingIsLostOrOutOfOrder() throws Exception {
        endUnderLoad(Map.of(), victim -> victim.destroyForcibly().waitFor(), broker -> {});
    }

    @Test
    void theSurvivorTakesTheLanesOfTheStoppedAndNothingIsSentTwice() throws Exception {
        endUnderLoad(NOBODY_IS_TAKEN_FOR_DEAD, this::stop, broker -> {
            try (RemotingClient client = new RemotingClient(broker)) {
                assertThat(client.stored("orders")).isEqualTo(orders());
                assertThat(client.stored("orders-by-customer")).isEqualTo(orders());
            }
        });
    }

    /** SIGTERM, as orchestrators do. */
    private void stop(Process victim) throws Exception {
        victim.destroy();
        assertThat(victim.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS))
                .as("it has ended in time")
                .isTrue();
        assertThat(Shop.count(jdbc, "select count(*) from reliable_mq_outbox_node"))
                .as("processes, without the one that has left")
                .isEqualTo(1);
    }

    private void endUnderLoad(Map<String, String> more, End end, Check inTheEnd) throws Exception {
        try (EmbeddedBroker broker = Shop.broker(folder.resolve("broker"), 1)) {
            properties = Shop.properties(TestDatabase.POSTGRESQL.create(), broker.endpoints());
            properties.putAll(more);
            try (ConfigurableApplicationContext survivor = Shop.start(properties)) {
                jdbc = survivor.getBean(JdbcClient.class);
                Process victim = launchWithoutListeners();
                try {
                    until(() -> Shop.lanesByOwner(jdbc).size() == 2);
                    until(() -> orders() > ENOUGH);
                    // its client takes a while to start
                    until(() -> Files.readString(log()).contains(BusyShop.LATE_ANSWER + "Stored"));
                    end.of(victim);
                } finally {
                    victim.destroyForcibly().waitFor();
                }

                until(() -> Shop.lanesByOwner(jdbc).equals(List.of(16)));
                until(() -> Shop.tally(jdbc).exactlyOnce());
                assertThat(orders()).isGreaterThan(ENOUGH);
                for (int i = 0; i < SteadyOrders.CUSTOMERS; i++) {
                    assertThat(Shop.shippedNumbers(jdbc, SteadyOrders.customer(i)))
                            .isSorted()
                            .doesNotHaveDuplicates();
                }
                inTheEnd.at(broker);
            }
        }
    }

    private interface Check {
        void at(EmbeddedBroker broker) throws Exception;
    }

    private Process launchWithoutListeners() throws Exception {
        List<String> arguments = Shop.arguments(properties);
        arguments.add("--reliable-mq.listener.enabled=false");
        return Shop.launch(
                BusyShop.class,
                log(),
                List.of(BusyShop.JVM_OPTION_STEADY, BusyShop.JVM_OPTION_LATE_ANSWERS),
                arguments);
    }

    private Path log() {
        return folder.resolve("victim.log");
    }

    private int orders() {
        return Shop.count(jdbc, "select count(*) from shop_order");
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(120)).until(condition);
    }
}
