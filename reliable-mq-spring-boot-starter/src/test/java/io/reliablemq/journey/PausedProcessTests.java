package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A process is stopped by a signal for longer than its lease, in the middle of its work, and goes on later. */
class PausedProcessTests {

    private static final int CUSTOMERS = 8;
    private static final CompletableFuture<Void> MAY_SEND = new CompletableFuture<>();

    @TempDir
    static Path folder;

    private ConfigurableApplicationContext survivor;
    private JdbcClient jdbc;
    private Process paused;
    private int orders;

    /** The survivor cannot reach the topic at first, so that the row stays where the paused process could harm it. */
    static class TopicOutOfReach {

        @Bean
        static BeanPostProcessor outOfReach() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String beanName) {
                    return bean instanceof MessageSender sender ? waiting(sender) : bean;
                }
            };
        }

        private static MessageSender waiting(MessageSender sender) {
            return message -> message.topic().equals(RelayOnlyShop.SLOW_TOPIC)
                    ? MAY_SEND.thenCompose(now -> sender.send(message))
                    : sender.send(message);
        }
    }

    @Test
    void nothingIsLostOutOfOrderOrParkedByTheOldEpoch() throws Exception {
        Database database = TestDatabase.POSTGRESQL.create();
        try (EmbeddedBroker broker = Shop.broker(folder.resolve("broker"), 1)) {
            Map<String, String> properties = Shop.properties(database, broker.endpoints());
            try (ConfigurableApplicationContext started = Shop.start(properties, TopicOutOfReach.class)) {
                survivor = started;
                jdbc = started.getBean(JdbcClient.class);
                openCustomers();
                Path log = folder.resolve("paused.log");
                paused = launchRelay(properties, log);
                try {
                    until(() -> lanesByOwner().size() == 2);
                    sendToNowhereThrough("paused");
                    until(() -> Files.readString(log).contains(RelayOnlyShop.KEPT_BACK + "Refused"));

                    pauseUnderLoad();
                    until(() -> lanesByOwner().equals(List.of(16)));
                    place(100);
                    goOnWithTheRefusal();
                    until(() -> lanesByOwner().size() == 2);
                    place(100);

                    assertThat(inOutbox("topic = '" + RelayOnlyShop.SLOW_TOPIC + "'"))
                            .isEqualTo(1);
                    assertThat(parked("1 = 1")).isZero();
                    assertThatTheOwnerParksItAsDoubtful();
                    assertThatEachOrderWasShippedOnceAndInOrder();
                } finally {
                    paused.destroyForcibly().waitFor();
                }
            }
        }
    }

    @BeforeEach
    void noOrders() {
        orders = 0;
    }

    private void openCustomers() {
        for (int i = 0; i < CUSTOMERS; i++) {
            survivor.getBean(ShopApplication.Orders.class).open("customer-" + i);
        }
    }

    private static Process launchRelay(Map<String, String> properties, Path log) throws Exception {
        List<String> arguments = Shop.arguments(properties);
        arguments.add("--spring.application.name=paused");
        arguments.add("--reliable-mq.listener.enabled=false");
        return Shop.launch(RelayOnlyShop.class, log, List.of(), arguments);
    }

    /** By an ordering key of a lane that this process owns. */
    private void sendToNowhereThrough(String node) {
        List<Integer> lanes = jdbc.sql("select l.lane from reliable_mq_outbox_lane l join reliable_mq_outbox_node n"
                        + " on l.owner = n.node where n.name = ?")
                .param(node)
                .query(Integer.class)
                .list();
        LaneLayout layout = survivor.getBean(LaneLayout.class);
        String key = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "key-" + i)
                .filter(candidate -> lanes.contains(layout.laneOf(candidate)))
                .findFirst()
                .orElseThrow();
        survivor.getBean(TransactionTemplate.class).executeWithoutResult(status -> survivor.getBean(Outbox.class)
                .send(OutboxMessage.to(RelayOnlyShop.SLOW_TOPIC).orderedBy(key).payload("refused")));
    }

    private void pauseUnderLoad() throws Exception {
        place(50);
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> place(150));
        until(() -> inOutbox("1 = 1") > 1);
        signal("STOP");
        load.get();
    }

    private void goOnWithTheRefusal() throws Exception {
        paused.getOutputStream().write('\n');
        paused.getOutputStream().flush();
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + paused.pid()).start();
        assertThat(kill.waitFor()).isZero();
    }

    private void place(int count) {
        for (int i = 0; i < count; i++) {
            survivor.getBean(ShopApplication.Orders.class).place("customer-" + orders++ % CUSTOMERS);
        }
    }

    private void assertThatTheOwnerParksItAsDoubtful() {
        MAY_SEND.complete(null);
        until(() -> parked("1 = 1") == 1);
        assertThat(parked("unsent")).isZero();
    }

    private void assertThatEachOrderWasShippedOnceAndInOrder() {
        until(() -> Shop.tally(jdbc).exactlyOnce());
        assertThat(Shop.tally(jdbc).orders()).isEqualTo(orders);
        assertThat(Shop.count(jdbc, "select count(*) from reliable_mq_dead_letter"))
                .isZero();
        for (int i = 0; i < CUSTOMERS; i++) {
            assertThat(Shop.shippedNumbers(jdbc, "customer-" + i)).isSorted().doesNotHaveDuplicates();
        }
    }

    private List<Integer> lanesByOwner() {
        return Shop.lanesByOwner(jdbc);
    }

    private int inOutbox(String which) {
        return Shop.count(jdbc, "select count(*) from reliable_mq_outbox where " + which);
    }

    private int parked(String which) {
        return Shop.count(jdbc, "select count(*) from reliable_mq_outbox_parked where " + which);
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(120)).until(condition);
    }
}
