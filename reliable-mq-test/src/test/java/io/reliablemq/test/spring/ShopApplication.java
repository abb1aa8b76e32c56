package io.reliablemq.test.spring;

import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.outbox.ReliableSend;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** A small application as a user would write it, and what its tests look at. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ShopApplication.Orders.class, ShopApplication.Shipping.class})
class ShopApplication {

    record Order(String id, String item) {}

    static class Orders {

        @Transactional
        @ReliableSend(topic = "orders", tag = "placed", key = "id")
        public Order place(String id) {
            return new Order(id, "apple");
        }

        @Transactional
        @ReliableSend(topic = "nowhere", key = "id")
        public Order placeInNowhere(String id) {
            return new Order(id, "pear");
        }
    }

    /** Ships an order, and tells so; a second listener takes note of that. */
    static class Shipping {

        private final JdbcClient jdbc;
        private volatile CountDownLatch gate = new CountDownLatch(0);

        Shipping(JdbcClient jdbc) {
            this.jdbc = jdbc;
            jdbc.sql("create table if not exists effect (step varchar(20) not null, order_id varchar(40) not null)")
                    .update();
        }

        /** Whoever handles a message waits until the gate is opened. */
        CountDownLatch close() {
            gate = new CountDownLatch(1);
            return gate;
        }

        @IdempotentListener(
                topic = "orders",
                tag = "placed",
                consumerGroup = "shipping",
                initialDelay = "1s",
                maxAttempts = "2")
        @ReliableSend(topic = "shipments", key = "id")
        public Order ship(Order order) throws InterruptedException {
            gate.await();
            record("shipped", order);
            if (order.id().startsWith("poison")) {
                throw new IllegalStateException("cannot be shipped");
            }
            return order;
        }

        @IdempotentListener(topic = "shipments", consumerGroup = "billing")
        public void bill(Order order) {
            record("billed", order);
        }

        @IdempotentListener(topic = "orders", tag = "cancelled", consumerGroup = "refunds")
        public void refund(Order order) {
            record("refunded", order);
        }

        private void record(String step, Order order) {
            jdbc.sql("insert into effect (step, order_id) values (?, ?)")
                    .params(step, order.id())
                    .update();
        }

        List<String> orders(String step) {
            return jdbc.sql("select order_id from effect where step = ? order by order_id")
                    .param(step)
                    .query(String.class)
                    .list();
        }
    }
}
