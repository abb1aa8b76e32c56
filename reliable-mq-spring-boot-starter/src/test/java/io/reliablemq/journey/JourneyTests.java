package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.ListenerRegistrar;
import io.reliablemq.journey.ShopApplication.Inventory;
import io.reliablemq.journey.ShopApplication.Order;
import io.reliablemq.journey.ShopApplication.Orders;
import io.reliablemq.journey.ShopApplication.Picking;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.ReliableSend;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A message's way from a business transaction to an acknowledged effect, on a real broker with a replica. */
class JourneyTests implements Interop {

    private static final Logger log = LoggerFactory.getLogger(JourneyTests.class);

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static ConfigurableApplicationContext shop;
    private static Orders orders;
    private static JdbcClient jdbc;

    @BeforeAll
    static void openTheShop(TestInfo tests) {
        broker = Shop.broker(folder, 2);
        for (String topic : List.of("payments", "receipts")) {
            broker.createTopic(TopicDeclaration.normal(topic));
            broker.createGroup(GroupDeclaration.concurrent(topic));
        }
        broker.createGroup(GroupDeclaration.concurrent("payments-again"));
        Interop.declare(broker);
        Map<String, String> properties = new HashMap<>(Shop.properties(TestDatabase.H2.create(), broker.endpoints()));
        properties.put("shop.picking", "true");
        if (tests.getTestClass().filter(RemotingJourneyTests.class::equals).isPresent()) {
            properties.put("reliable-mq.rocketmq.client", "remoting");
            properties.put("reliable-mq.rocketmq.name-server", broker.nameServer());
        }
        shop = Shop.start(properties, Billing.class, Interop.Listeners.class);
        orders = shop.getBean(Orders.class);
        jdbc = shop.getBean(JdbcClient.class);
    }

    @AfterAll
    static void closeTheShop() {
        shop.close();
        broker.close();
    }

    @Override
    public EmbeddedBroker broker() {
        return broker;
    }

    @Override
    public ApplicationContext shop() {
        return shop;
    }

    @Test
    void anOrderThatCommitsHasItsEffectOnce() {
        orders.open("ann");

        Order order = orders.place("ann");

        await().untilAsserted(() -> assertThat(reservationsOf(order)).isEqualTo(1));
        await().until(() -> Shop.count(jdbc, "select count(*) from reliable_mq_outbox where topic = 'orders'") == 0);
    }

    @Test
    void anOrderThatRollsBackIsNeverHeardOf() {
        orders.open("bob");

        assertThatThrownBy(() -> orders.placeAndRegret("bob")).hasMessageStartingWith("regretted ");

        Order marker = orders.place("bob");
        await().untilAsserted(() -> assertThat(reservationsOf(marker)).isEqualTo(1));
        assertThat(Shop.tally(jdbc).reservations().phantom()).isZero();
    }

    /** Spring's cache of test contexts stops those that are not in use, and starts them again. */
    @Test
    void theShopGoesOnAfterItsContextWasStoppedAndStartedAgain() {
        orders.open("pam");
        shop.stop();
        Order order = orders.place("pam");

        shop.start();

        await().untilAsserted(() -> assertThat(reservationsOf(order)).isEqualTo(1));
        await().untilAsserted(() -> assertThat(Shop.shippedNumbers(jdbc, "pam")).isEqualTo(oneTo(1)));
    }

    @Test
    void aMessageThatTheBrokerHasTwiceHasOneEffect() {
        orders.open("cid");
        Order order = new Order(UUID.randomUUID().toString(), "cid", 1);
        UUID messageId = shop.getBean(TransactionTemplate.class).execute(status -> {
            jdbc.sql("insert into shop_order (id, customer, number) values (?, ?, ?)")
                    .params(order.id(), order.customer(), order.number())
                    .update();
            return shop.getBean(Outbox.class)
                    .send(OutboxMessage.to("orders:placed").key(order.id()).payload(order));
        });
        await().until(() -> reservationsOf(order) == 1);

        sendPastTheOutbox(messageId, order);
        sendPastTheOutbox(messageId, order);

        Order later = orders.place("cid");
        await().untilAsserted(() -> assertThat(reservationsOf(later)).isEqualTo(1));
        await().during(Duration.ofMillis(500)).until(() -> reservationsOf(order) == 1);
    }

    private static void sendPastTheOutbox(UUID messageId, Order order) {
        String json = "{\"id\":\"%s\",\"customer\":\"cid\",\"number\":1}".formatted(order.id());
        OutgoingMessage copy = new OutgoingMessage(
                messageId,
                "orders",
                "placed",
                order.id(),
                null,
                "application/json",
                json.getBytes(StandardCharsets.UTF_8),
                Map.of(),
                System.currentTimeMillis(),
                0);
        assertThat(shop.getBean(MessageSender.class).send(copy))
                .succeedsWithin(Duration.ofSeconds(10))
                .isInstanceOf(SendOutcome.Stored.class);
    }

    @Test
    void theOrdersOfACustomerAreShippedInTheirOrder() {
        List<String> customers = List.of("dan", "eve", "fay");
        customers.forEach(orders::open);

        for (int i = 0; i < 20; i++) {
            customers.forEach(orders::place);
        }

        for (String customer : customers) {
            await().untilAsserted(() ->
                    assertThat(Shop.shippedNumbers(jdbc, customer)).isEqualTo(oneTo(20)));
        }
    }

    @Test
    void aTopicThatDoesNotExistParksItsMessageAndStopsNoOther() {
        orders.open("gus");

        Order nowhere = orders.placeInNowhere("gus");
        Order somewhere = orders.place("gus");

        await().untilAsserted(() -> assertThat(reservationsOf(somewhere)).isEqualTo(1));
        await().untilAsserted(
                        () -> assertThat(shop.getBean(JdbcOutbox.class).store().parked(10))
                                .anySatisfy(parked -> {
                                    assertThat(parked.row().message().key()).isEqualTo(nowhere.id());
                                    assertThat(parked.reason()).contains("UNKNOWN_TOPIC");
                                }));
    }

    @Test
    void aMessageThatItsListenerCannotHandleBecomesADeadLetterAndStopsNoOther() {
        orders.open("hal");

        orders.placePoison("hal");
        Order healthy = orders.place("hal");

        await().untilAsserted(() -> assertThat(reservationsOf(healthy)).isEqualTo(1));
        await().untilAsserted(
                        () -> assertThat(shop.getBean(DeadLetters.class).list(Letters.ofGroup("poisoned"), null, 10))
                                .hasSize(1));
        assertThat(shop.getBean(Inventory.class).poisonAttempts()).isEqualTo(2);
    }

    /** The broker holds the whole queue meanwhile, so other customers of the same queue wait as long; the others do not. */
    @Test
    void poisonInAnOrderedListenerIsParkedAndItsKeyGoesOn() {
        List<String> customers = List.of("poison", "poi", "son");
        customers.forEach(orders::open);
        for (int i = 0; i < 10; i++) {
            customers.forEach(orders::place);
        }

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(picked("poison")).isEqualTo(List.of(1, 3, 4, 5, 6, 7, 8, 9, 10)));
        assertThat(picked("poi")).isEqualTo(oneTo(10));
        assertThat(picked("son")).isEqualTo(oneTo(10));
        assertThat(shop.getBean(DeadLetters.class).list(Letters.ofGroup("picking"), null, 10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.attempts()).isEqualTo(3));
        log.info("The key stood for {}", shop.getBean(Picking.class).stood("poison", 2));
    }

    private static List<Integer> picked(String customer) {
        return jdbc.sql("select number from picked where customer = ? order by id")
                .param(customer)
                .query(Integer.class)
                .list();
    }

    @Test
    void withoutATransactionTheMethodDoesNotEvenRun() {
        assertThatThrownBy(() -> orders.placeWithoutTransaction("ida"))
                .isInstanceOf(TransactionRequiredException.class)
                .hasMessageContaining("@Transactional");
    }

    @Test
    void aLogLineThatGoesPastTheOutboxReachesItsListenerAfterTheCommit() {
        TransactionTemplate transaction = shop.getBean(TransactionTemplate.class);

        transaction.executeWithoutResult(status -> {
            orders.visit("jan, who never came");
            status.setRollbackOnly();
        });
        transaction.executeWithoutResult(status -> orders.visit("kim"));
        orders.visit("lea");

        await().untilAsserted(() -> assertThat(jdbc.sql("select visitor from visit")
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrder("kim", "lea"));
    }

    @Test
    void anOrderedListenerOfATopicOrGroupWithoutOrderIsRefused() {
        ListenerRegistrar registrar = shop.getBean(ListenerRegistrar.class);
        assertThatThrownBy(() -> registrar.register(ListenerDefinition.on("orders", "shipping-again")
                        .ordered()
                        .handledBy(Order.class, message -> {})))
                .isInstanceOf(ListenerConfigurationException.class)
                .hasMessageContaining("Topic orders takes messages of type [NORMAL]");
        assertThatThrownBy(() -> registrar.register(ListenerDefinition.on("orders-by-customer", "payments-again")
                        .ordered()
                        .handledBy(Order.class, message -> {})))
                .isInstanceOf(ListenerConfigurationException.class)
                .hasMessageContaining("Consumer group payments-again is not FIFO");
    }

    record Payment(String id, int amount) {}

    /** A listener whose result is sent on. */
    static class Billing {

        private final JdbcClient jdbc;

        Billing(JdbcClient jdbc) {
            this.jdbc = jdbc;
            jdbc.sql("create table if not exists bill (payment_id varchar(40) not null)")
                    .update();
            jdbc.sql("create table if not exists receipt (payment_id varchar(40) not null)")
                    .update();
        }

        @IdempotentListener(topic = "payments", consumerGroup = "payments", maxAttempts = "2", initialDelay = "100ms")
        @ReliableSend(topic = "receipts", key = "id")
        public Payment bill(Payment payment) {
            jdbc.sql("insert into bill (payment_id) values (?)")
                    .param(payment.id())
                    .update();
            return receiptOf(payment);
        }

        private static Payment receiptOf(Payment payment) {
            if (payment.amount() < 0) {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        throw new IllegalStateException("fails when the receipt is sent already");
                    }
                });
            }
            return payment;
        }

        @IdempotentListener(topic = "receipts", consumerGroup = "receipts")
        public void receive(Payment payment) {
            jdbc.sql("insert into receipt (payment_id) values (?)")
                    .param(payment.id())
                    .update();
        }
    }

    @Test
    void whatAListenerReturnsIsSentWithItsEffectOrNotAtAll() {
        Outbox outbox = shop.getBean(Outbox.class);
        shop.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
            outbox.send("payments", new Payment("bad", -1));
            outbox.send("payments", new Payment("good", 1));
        });

        await().until(() -> shop.getBean(DeadLetters.class).count(Letters.ofGroup("payments")) == 1);
        await().until(() -> paymentsIn("receipt").contains("good"));
        await().until(() -> Shop.count(jdbc, "select count(*) from reliable_mq_outbox where topic = 'receipts'") == 0);
        assertThat(paymentsIn("bill")).containsExactly("good");
        assertThat(paymentsIn("receipt")).containsExactly("good");
    }

    private static List<String> paymentsIn(String table) {
        return jdbc.sql("select payment_id from " + table).query(String.class).list();
    }

    private static int reservationsOf(Order order) {
        return jdbc.sql("select count(*) from reservation where order_id = ?")
                .param(order.id())
                .query(Integer.class)
                .single();
    }

    private static List<Integer> oneTo(int last) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 1; i <= last; i++) {
            numbers.add(i);
        }
        return numbers;
    }
}
