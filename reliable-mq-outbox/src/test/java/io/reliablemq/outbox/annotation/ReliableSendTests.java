package io.reliablemq.outbox.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.ReliableSend;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.write.OutboxFixture;
import io.reliablemq.outbox.write.OutboxTransactionManagerPostProcessor;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AliasFor;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.test.context.support.TestPropertySourceUtils;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

class ReliableSendTests {

    private final OutboxFixture fixture = new OutboxFixture();
    private AnnotationConfigApplicationContext context;
    private Orders orders;

    record Order(String id, String customer, int amount) {
        Order(String id) {
            this(id, "c-" + id, 1);
        }
    }

    @ReliableSend(topic = "meta")
    @Retention(RetentionPolicy.RUNTIME)
    @interface SendsOrder {

        @AliasFor(annotation = ReliableSend.class)
        String key() default "";
    }

    interface Shipping<T> {

        @ReliableSend(topic = "shipping", key = "#p0")
        T ship(T what);
    }

    @Configuration
    @EnableTransactionManagement
    static class Infrastructure {

        @Bean
        static OutboxTransactionManagerPostProcessor outboxTransactionManagerPostProcessor() {
            return new OutboxTransactionManagerPostProcessor();
        }

        @Bean
        static ReliableSendPostProcessor reliableSendPostProcessor(ObjectProvider<Outbox> outbox) {
            return new ReliableSendPostProcessor(outbox::getObject);
        }

        @Bean
        DataSourceTransactionManager transactionManager(OutboxFixture fixture) {
            return new DataSourceTransactionManager(fixture.dataSource);
        }

        @Bean
        Outbox outbox(OutboxFixture fixture) {
            return fixture.outbox;
        }
    }

    @Transactional
    static class Orders {

        int bodies;

        @ReliableSend(
                topic = "${topics.orders}:#{customer == 'vip' ? 'urgent' : 'created'}",
                key = "id",
                orderedBy = "#result.customer",
                headers = {
                    "amount=amount + 1",
                    "source='${topics.source:shop}'",
                    "none=null",
                    "first=#customer",
                    "at=#a1"
                })
        public Order place(String customer, int amount) {
            return new Order("o-1", customer, amount);
        }

        @ReliableSend(topic = "orders", tag = "#{#p0}", delay = "${delays.reminder}", payload = "id.toUpperCase()")
        public Order remind(String tag) {
            return new Order("o-2");
        }

        @ReliableSend(topic = "orders", delay = "#{#wait}")
        public String wait(Duration wait) {
            return "waited";
        }

        @ReliableSend(topic = "orders", key = "#root.id", condition = "amount > 1", payload = "#orders")
        public void import_(List<Order> orders) {}

        @ReliableSend(topic = "orders", key = "id")
        public Order[] array(Order... orders) {
            return orders;
        }

        @ReliableSend(topic = "first")
        @ReliableSend(topic = "second", payload = "#result.id")
        public Order twice() {
            return new Order("o-3");
        }

        @ReliableSend(topic = "orders", key = "#result.id")
        public Optional<Order> find(String id) {
            return Optional.ofNullable(id).map(Order::new);
        }

        @ReliableSend(topic = "orders", condition = "#root != null")
        public Order maybe(Order order) {
            return order;
        }

        @ReliableSend(topic = "orders", payload = "['name']")
        public Map<String, String> map() {
            return Map.of("name", "value");
        }

        @SendsOrder(key = "#p0.id")
        public Order meta(Order order) {
            return order;
        }

        @ReliableSend(topic = "orders", orderedBy = "#p0")
        public String ordered(String key) {
            return "ordered";
        }

        @ReliableSend(topic = "orders", key = "noSuchProperty")
        public Order mistaken() {
            return new Order("o-4");
        }

        @ReliableSend(topic = "orders", condition = "id")
        public Order notBoolean() {
            return new Order("o-4");
        }

        @ReliableSend(topic = "orders")
        public byte[] bytes() {
            return new byte[] {1, 2, 3};
        }

        @ReliableSend(topic = "orders")
        public String failing() {
            throw new IllegalStateException("business");
        }

        @Transactional(readOnly = true)
        @ReliableSend(topic = "orders")
        public String readOnly() {
            bodies++;
            return "never";
        }

        public int bodies() {
            return bodies;
        }
    }

    static class WithoutTransaction {

        int bodies;

        @ReliableSend(topic = "logs", key = "id", mode = SendMode.DIRECT)
        @ReliableSend(topic = "audit", condition = "amount > 1", mode = SendMode.DIRECT)
        public Order log(Order order) {
            return order;
        }

        @ReliableSend(topic = "logs", mode = SendMode.DIRECT)
        @ReliableSend(topic = "orders")
        public String both() {
            bodies++;
            return "never";
        }

        @ReliableSend(topic = "orders")
        public String place() {
            bodies++;
            return "never";
        }

        public int bodies() {
            return bodies;
        }
    }

    @Transactional
    static class Ships implements Shipping<String> {

        @Override
        public String ship(String what) {
            return what + " shipped";
        }
    }

    @BeforeEach
    void start() {
        context = new AnnotationConfigApplicationContext();
        TestPropertySourceUtils.addInlinedPropertiesToEnvironment(
                context, "topics.orders=orders-v2", "delays.reminder=15m");
        context.registerBean(OutboxFixture.class, () -> fixture);
        context.register(Infrastructure.class, Orders.class, WithoutTransaction.class, Ships.class);
        context.refresh();
        orders = context.getBean(Orders.class);
    }

    @AfterEach
    void stop() {
        context.close();
        assertThat(fixture.feed.held).isEmpty();
    }

    private List<OutgoingMessage> sent() {
        return fixture.feed.committed.stream().map(row -> row.message()).toList();
    }

    private OutgoingMessage onlySent() {
        assertThat(sent()).hasSize(1);
        return sent().get(0);
    }

    @Test
    void sendsWhatTheMethodReturnsAndTakesTheRestFromIt() {
        orders.place("vip", 4);

        OutgoingMessage message = onlySent();
        assertThat(message.topic()).isEqualTo("orders-v2");
        assertThat(message.tag()).isEqualTo("urgent");
        assertThat(message.key()).isEqualTo("o-1");
        assertThat(message.orderingKey()).isEqualTo("vip");
        assertThat(message.headers())
                .containsOnly(
                        Map.entry("amount", "5"),
                        Map.entry("source", "shop"),
                        Map.entry("first", "vip"),
                        Map.entry("at", "4"));
    }

    @Test
    void sendsAChosenPayloadWithADelay() {
        orders.remind("soon");

        assertThat(fixture.store.delayed).hasSize(1);
        OutgoingMessage message = fixture.store.delayed.get(0).message();
        assertThat(new String(message.payload(), StandardCharsets.UTF_8)).isEqualTo("O-2");
        assertThat(message.tag()).isEqualTo("soon");
        assertThat(message.deliverAtMs() - message.createdAtMs()).isEqualTo(900_000);
    }

    @Test
    void takesADelayFromAnArgument() {
        orders.wait(Duration.ofSeconds(3));

        assertThat(onlySent().deliverAtMs() - onlySent().createdAtMs()).isEqualTo(3_000);
    }

    @Test
    void sendsOneMessagePerElementThatMeetsTheCondition() {
        orders.import_(List.of(new Order("a", "x", 2), new Order("b", "x", 1), new Order("c", "x", 3)));

        assertThat(sent()).extracting(OutgoingMessage::key).containsExactly("a", "c");
    }

    @Test
    void sendsOneMessagePerElementOfAnArrayAndNoneOfAnEmptyOne() {
        orders.array();
        orders.array(new Order("a"), new Order("b"));

        assertThat(sent()).extracting(OutgoingMessage::key).containsExactly("a", "b");
    }

    @Test
    void refusesANullElementAndSendsNoneOfTheOthers() {
        assertThatThrownBy(() -> orders.array(new Order("a"), null))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("Orders#array(");
        assertThat(sent()).isEmpty();
    }

    @Test
    void sendsOneMessagePerAnnotation() {
        orders.twice();

        assertThat(sent()).extracting(OutgoingMessage::topic).containsExactly("first", "second");
        assertThat(fixture.written().get(1)).isEqualTo("o-3");
    }

    @Test
    void looksIntoAnOptional() {
        orders.find("o-5");

        assertThat(onlySent().key()).isEqualTo("o-5");
        assertThatThrownBy(() -> orders.find(null))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("is null");
    }

    @Test
    void sendsNoNullThatTheConditionFiltersOut() {
        orders.maybe(null);
        assertThat(sent()).isEmpty();

        orders.maybe(new Order("o-6"));
        assertThat(sent()).hasSize(1);
    }

    @Test
    void sendsBytesAndMapsAsOnePayload() {
        orders.bytes();
        orders.map();

        assertThat(sent()).hasSize(2);
        assertThat(fixture.written().get(1)).isEqualTo("value");
    }

    @Test
    void readsMetaAnnotationsWithTheirAliases() {
        orders.meta(new Order("o-7"));

        assertThat(onlySent().topic()).isEqualTo("meta");
        assertThat(onlySent().key()).isEqualTo("o-7");
    }

    @Test
    @SuppressWarnings("unchecked")
    void findsTheAnnotationOnAGenericInterfaceBehindAnInterfaceProxy() {
        Shipping<String> shipping = context.getBean(Shipping.class);
        shipping.ship("box");

        assertThat(onlySent().key()).isEqualTo("box");
        assertThat(fixture.written()).containsExactly("box shipped");
    }

    @Test
    void refusesToSendWithoutTheOrderThatWasAskedFor() {
        assertThatThrownBy(() -> orders.ordered(null))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("orderedBy \"#p0\" is null");
    }

    @Test
    void namesMethodAndAttributeOfAnExpressionThatFails() {
        assertThatThrownBy(() -> orders.mistaken())
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("Orders#mistaken(): key \"noSuchProperty\" cannot be evaluated");
        assertThatThrownBy(() -> orders.notBoolean())
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("must be true or false");
        assertThat(fixture.written()).isEmpty();
    }

    @Test
    void sendsNothingWhenTheMethodFails() {
        assertThatThrownBy(() -> orders.failing()).hasMessage("business");
        assertThat(fixture.written()).isEmpty();
    }

    @Test
    void refusesBeforeTheBodyRuns() {
        WithoutTransaction bean = context.getBean(WithoutTransaction.class);
        assertThatThrownBy(bean::place).isInstanceOf(TransactionRequiredException.class);
        assertThatThrownBy(() -> orders.readOnly()).isInstanceOf(TransactionRequiredException.class);

        assertThat(List.of(bean.bodies(), orders.bodies())).containsOnly(0);
    }

    @Test
    void sendsInTheTransactionOfTheCaller() {
        WithoutTransaction bean = context.getBean(WithoutTransaction.class);
        fixture.transaction().executeWithoutResult(status -> bean.place());

        assertThat(Arrays.asList(fixture.written().toArray())).containsExactly("never");
    }

    @Test
    void needsNoTransactionForWhatGoesPastTheOutbox() {
        WithoutTransaction bean = context.getBean(WithoutTransaction.class);

        bean.log(new Order("o-8"));

        assertThat(fixture.direct.sent).hasSize(1);
        assertThat(fixture.direct.messages.get(0).key()).isEqualTo("o-8");
    }

    @Test
    void sendsPastTheOutboxAfterTheCommitWhereThereIsATransaction() {
        WithoutTransaction bean = context.getBean(WithoutTransaction.class);
        fixture.transaction().executeWithoutResult(status -> {
            bean.log(new Order("o-9", "c", 2));
            assertThat(fixture.direct.messages).isEmpty();
        });

        assertThat(fixture.direct.messages).extracting(OutgoingMessage::topic).containsExactly("logs", "audit");
        assertThat(fixture.direct.committed).hasSize(2);
    }

    @Test
    void returnsWhatTheMethodReturnsWhenThereIsNoRoomForALog() {
        fixture.direct.full = true;
        Order order = new Order("o-10");

        assertThat(context.getBean(WithoutTransaction.class).log(order)).isSameAs(order);
        assertThat(fixture.direct.messages).isEmpty();
    }

    @Test
    void needsTheTransactionWhenOneAnnotationOfSeveralDoes() {
        WithoutTransaction bean = context.getBean(WithoutTransaction.class);

        assertThatThrownBy(bean::both).isInstanceOf(TransactionRequiredException.class);

        assertThat(bean.bodies()).isZero();
        assertThat(fixture.direct.messages).isEmpty();
    }
}
