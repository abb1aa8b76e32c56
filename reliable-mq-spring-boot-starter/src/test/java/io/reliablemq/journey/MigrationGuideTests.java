package io.reliablemq.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.outbox.Cancellation;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.ReliableSend;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.transaction.annotation.Transactional;

/** The Java blocks of docs/migrating-from-rocketmq-spring.md, run as they stand there on a real broker. */
class MigrationGuideTests {

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static ConfigurableApplicationContext shop;
    private static Sales sales;

    record Order(String id, String customer, int number) {

        static Order of(String id) {
            return new Order(id, "ann", 1);
        }
    }

    record Visit(String page) {}

    /** What the application has anyway. */
    static class Repository {

        private final JdbcClient jdbc;

        Repository(JdbcClient jdbc) {
            this.jdbc = jdbc;
            jdbc.sql("create table if not exists done (id bigint auto_increment primary key, line varchar(200))")
                    .update();
        }

        void insert(Order order) {
            did("inserted " + order.id());
        }

        void did(String line) {
            jdbc.sql("insert into done (line) values (?)").param(line).update();
        }

        List<String> done(String beginning) {
            return jdbc.sql("select line from done where line like ? order by id")
                    .param(beginning + "%")
                    .query(String.class)
                    .list();
        }
    }

    static class Sales {

        private final Repository repository;
        private final Outbox outbox;

        Sales(Repository repository, Outbox outbox) {
            this.repository = repository;
            this.outbox = outbox;
        }

        @Transactional
        @ReliableSend(topic = "orders:placed", key = "id")
        public Order place(Order order) {
            repository.insert(order);
            return order;
        }

        @Transactional
        public void placeWithHeader(Order order) {
            repository.insert(order);
            outbox.send(OutboxMessage.to("orders:placed")
                    .key(order.id())
                    .header("region", "eu")
                    .payload(order));
        }

        @Transactional
        public void placeAndFail(Order order) {
            place(order);
            throw new IllegalStateException("as a test");
        }

        @Transactional
        public void placeInOrder(Order order) {
            outbox.send(OutboxMessage.to("orders-by-customer:migrated")
                    .orderedBy(order.customer())
                    .payload(order));
        }

        @Transactional
        public UUID remind(Order order) {
            return outbox.send(
                    OutboxMessage.to("reminders").delay(Duration.ofMinutes(30)).payload(order));
        }

        @Transactional
        public Cancellation forget(UUID reminder) {
            return outbox.cancel(reminder);
        }

        void seen(Visit visit) {
            outbox.send(OutboxMessage.to("visits:seen").mode(SendMode.DIRECT).payload(visit));
        }
    }

    static class Listeners {

        private final Repository repository;

        Listeners(Repository repository) {
            this.repository = repository;
        }

        @IdempotentListener(topic = "orders", consumerGroup = "stock", tag = "placed || changed", concurrency = "20")
        void onMessage(Order order, @Header(name = "region", required = false) String region) {
            repository.did("reserved " + order.id() + " " + region);
        }

        @IdempotentListener(
                topic = "orders-by-customer",
                consumerGroup = "dispatch",
                tag = "migrated",
                ordered = "true")
        void dispatch(Order order) {
            repository.did("dispatched " + order.number());
        }

        @IdempotentListener(topic = "visits", consumerGroup = "pages", tag = "seen")
        void count(Visit visit) {
            repository.did("visited " + visit.page());
        }

        @IdempotentListener(topic = "invoices", consumerGroup = "billing", key = "payload.id")
        void bill(Order order) {
            repository.did("billed " + order.id());
        }
    }

    @BeforeAll
    static void migrate() throws Exception {
        broker = Shop.broker(folder, 1);
        broker.createTopic(TopicDeclaration.normal("invoices"));
        for (String group : List.of("stock", "pages", "billing")) {
            broker.createGroup(GroupDeclaration.concurrent(group));
        }
        broker.createGroup(GroupDeclaration.fifo("dispatch"));
        try (RemotingClient before = new RemotingClient(broker)) {
            send(before, "i-1");
            before.consume("invoices", "billing", 1);
            send(before, "i-2");
        }
        shop = Shop.start(
                Shop.properties(TestDatabase.H2.create(), broker.endpoints()),
                Repository.class,
                Sales.class,
                Listeners.class);
        sales = shop.getBean(Sales.class);
    }

    private static void send(RemotingClient old, String id) throws Exception {
        String json = "{\"id\":\"" + id + "\",\"customer\":\"ann\",\"number\":1}";
        old.send("invoices", "", id, json.getBytes(UTF_8), Map.of());
    }

    @AfterAll
    static void close() {
        shop.close();
        broker.close();
    }

    private static List<String> done(String beginning) {
        return shop.getBean(Repository.class).done(beginning);
    }

    @Test
    void showsWhatIsTestedHere() throws IOException {
        String here =
                squeezed(Files.readString(Path.of("src/test/java/io/reliablemq/journey/MigrationGuideTests.java")));
        List<String> blocks = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/migrating-from-rocketmq-spring.md")))
                .results()
                .map((MatchResult block) -> squeezed(block.group(1)))
                .toList();

        assertThat(blocks).hasSize(8).allSatisfy(block -> assertThat(here).contains(block));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void whatIsSentInATransactionComesWithItOrNotAtAll() {
        assertThatThrownBy(() -> sales.placeAndFail(Order.of("o-0"))).hasMessage("as a test");
        sales.place(Order.of("o-1"));
        sales.placeWithHeader(Order.of("o-2"));

        await().untilAsserted(() ->
                assertThat(done("reserved")).containsExactlyInAnyOrder("reserved o-1 null", "reserved o-2 eu"));
        assertThat(done("inserted")).containsExactly("inserted o-1", "inserted o-2");
    }

    @Test
    void anOrderedKeyStaysInOrder() {
        for (int number = 1; number <= 5; number++) {
            sales.placeInOrder(new Order("n-" + number, "ann", number));
        }

        await().untilAsserted(() -> assertThat(done("dispatched"))
                .containsExactly("dispatched 1", "dispatched 2", "dispatched 3", "dispatched 4", "dispatched 5"));
    }

    @Test
    void aDelayIsADurationAndCanBeTakenBack() {
        UUID reminder = sales.remind(Order.of("r-1"));

        assertThat(sales.forget(reminder)).isEqualTo(Cancellation.CANCELLED);
    }

    @Test
    void whatMayBeLostGoesPastTheOutbox() {
        sales.seen(new Visit("/"));

        await().untilAsserted(() -> assertThat(done("visited")).containsExactly("visited /"));
    }

    @Test
    void aGroupGoesOnWhereItsOldConsumerWasAndKnowsTheMessagesOfOldProducersByTheirKey() throws Exception {
        try (RemotingClient old = new RemotingClient(broker)) {
            send(old, "i-3");
            send(old, "i-3");
            send(old, "i-4");
        }

        await().untilAsserted(() -> assertThat(done("billed")).contains("billed i-2", "billed i-3", "billed i-4"));
        await().until(() -> Shop.count(
                        shop.getBean(JdbcClient.class),
                        "select count(*) from done where line in ('billed i-1', 'billed i-3')")
                == 1);
    }
}
