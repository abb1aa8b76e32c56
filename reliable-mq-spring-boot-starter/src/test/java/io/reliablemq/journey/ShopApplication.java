package io.reliablemq.journey;

import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.outbox.Cancellation;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.ReliableSend;
import io.reliablemq.outbox.SendMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** An application as a user would write it: it knows a DataSource, two annotations and the {@link Outbox}. */
@SpringBootApplication
class ShopApplication {

    /** @param number counts the orders of one customer */
    record Order(String id, String customer, int number) {}

    @Service
    static class Orders {

        private final JdbcClient jdbc;

        Orders(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        @ReliableSend(topic = "orders", tag = "placed", key = "id")
        @ReliableSend(topic = "orders-by-customer", tag = "placed", key = "id", orderedBy = "customer")
        public Order place(String customer) {
            // the row lock serialises the transactions of one customer: that is what their order rests on
            jdbc.sql("update customer set orders = orders + 1 where name = ?")
                    .param(customer)
                    .update();
            int number = jdbc.sql("select orders from customer where name = ?")
                    .param(customer)
                    .query(Integer.class)
                    .single();
            Order order = new Order(UUID.randomUUID().toString(), customer, number);
            jdbc.sql("insert into shop_order (id, customer, number) values (?, ?, ?)")
                    .params(order.id(), customer, number)
                    .update();
            return order;
        }

        @Transactional
        @ReliableSend(topic = "orders", tag = "placed", key = "id")
        public Order placeAndRegret(String customer) {
            Order order = place(customer);
            throw new IllegalStateException("regretted " + order.id());
        }

        @Transactional
        @ReliableSend(topic = "no-such-topic", key = "id")
        public Order placeInNowhere(String customer) {
            return new Order(UUID.randomUUID().toString(), customer, 0);
        }

        @ReliableSend(topic = "orders", key = "id")
        public Order placeWithoutTransaction(String customer) {
            throw new AssertionError("the body must not run without a transaction");
        }

        @Transactional
        @ReliableSend(topic = "orders", tag = "poison", key = "id")
        public Order placePoison(String customer) {
            return new Order(UUID.randomUUID().toString(), customer, 0);
        }

        @ReliableSend(topic = "visits", mode = SendMode.DIRECT)
        public String visit(String visitor) {
            return visitor;
        }

        void open(String customer) {
            jdbc.sql("insert into customer (name, orders) values (?, 0)")
                    .param(customer)
                    .update();
        }
    }

    /** @param id of its message */
    record Reminder(UUID id, String customer) {}

    @Service
    static class Reminders {

        private final Outbox outbox;
        private final JdbcClient jdbc;

        Reminders(Outbox outbox, JdbcClient jdbc) {
            this.outbox = outbox;
            this.jdbc = jdbc;
        }

        @Transactional
        public Reminder promise(String customer, Duration delay) {
            UUID id = outbox.send(OutboxMessage.to("reminders").delay(delay).payload(new Order("", customer, 0)));
            return new Reminder(id, customer);
        }

        @Transactional
        public boolean takeBack(Reminder reminder) {
            boolean cancelled = outbox.cancel(reminder.id()) == Cancellation.CANCELLED;
            if (cancelled) {
                jdbc.sql("insert into taken_back (customer) values (?)")
                        .param(reminder.customer())
                        .update();
            }
            return cancelled;
        }

        @IdempotentListener(topic = "reminders", consumerGroup = "reminding")
        void remind(Order order) {
            jdbc.sql("insert into reminded (customer) values (?)")
                    .param(order.customer())
                    .update();
        }
    }

    @Component
    static class Inventory {

        private final JdbcClient jdbc;
        private final AtomicInteger poison = new AtomicInteger();

        Inventory(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @IdempotentListener(topic = "orders", consumerGroup = "inventory", tag = "placed")
        void reserve(Order order) {
            jdbc.sql("insert into reservation (order_id) values (?)")
                    .param(order.id())
                    .update();
        }

        @IdempotentListener(
                topic = "orders",
                consumerGroup = "poisoned",
                tag = "poison",
                maxAttempts = "2",
                initialDelay = "100ms")
        void refuse(Order order) {
            poison.incrementAndGet();
            throw new IllegalStateException("cannot handle " + order.id());
        }

        int poisonAttempts() {
            return poison.get();
        }
    }

    @Component
    static class Shipping {

        private final JdbcClient jdbc;

        Shipping(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @IdempotentListener(
                topic = "orders-by-customer",
                consumerGroup = "shipping",
                tag = "placed",
                ordered = "true",
                concurrency = "8")
        void ship(Order order) {
            jdbc.sql("insert into shipment (order_id, customer, number) values (?, ?, ?)")
                    .params(order.id(), order.customer(), order.number())
                    .update();
        }
    }

    /** Cannot handle the second order of anybody who is called poison. */
    @Component
    static class Picking {

        private final JdbcClient jdbc;
        private final Map<String, Instant> calls = new ConcurrentHashMap<>();

        Picking(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @IdempotentListener(
                topic = "orders-by-customer",
                consumerGroup = "picking",
                tag = "placed",
                ordered = "true",
                maxAttempts = "3",
                initialDelay = "1s",
                autoStartup = "${shop.picking:false}")
        void pick(Order order) {
            calls.putIfAbsent(order.customer() + order.number(), Instant.now());
            if (order.customer().startsWith("poison") && order.number() == 2) {
                throw new IllegalStateException("cannot pick " + order.id());
            }
            jdbc.sql("insert into picked (customer, number) values (?, ?)")
                    .params(order.customer(), order.number())
                    .update();
        }

        /** From its first call to that of the next one of its customer. */
        Duration stood(String customer, int number) {
            return Duration.between(calls.get(customer + number), calls.get(customer + (number + 1)));
        }
    }

    @Component
    static class Statistics {

        private final JdbcClient jdbc;

        Statistics(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @IdempotentListener(topic = "visits", consumerGroup = "statistics")
        void count(String visitor) {
            jdbc.sql("insert into visit (visitor) values (?)").param(visitor).update();
        }
    }
}
