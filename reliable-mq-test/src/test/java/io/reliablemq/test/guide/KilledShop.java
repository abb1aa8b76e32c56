package io.reliablemq.test.guide;

import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.outbox.ReliableSend;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** Places ten orders, waits until all there are have been shipped, and ends. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(KilledShop.Shop.class)
class KilledShop {

    public static void main(String[] arguments) throws InterruptedException {
        try (ConfigurableApplicationContext context = SpringApplication.run(KilledShop.class, arguments)) {
            Shop shop = context.getBean(Shop.class);
            for (int i = 0; i < 10; i++) {
                shop.place();
            }
            while (shop.hasUnshipped()) {
                Thread.sleep(100);
            }
        }
    }

    record Order(String id, long number) {}

    static class Shop {

        private final JdbcClient jdbc;

        Shop(JdbcClient jdbc) {
            this.jdbc = jdbc;
            jdbc.sql("create table if not exists placed (id varchar(40) primary key, number bigint, at bigint)")
                    .update();
            jdbc.sql("create table if not exists shipped (position bigint generated always as identity, id varchar(40),"
                            + " number bigint, at bigint)")
                    .update();
        }

        @Transactional
        @ReliableSend(topic = "orders", key = "id", orderedBy = "'shop'")
        public Order place() {
            long number = count("placed") + 1;
            Order order = new Order(UUID.randomUUID().toString(), number);
            insert("placed", order);
            return order;
        }

        @IdempotentListener(topic = "orders", consumerGroup = "shipping", ordered = "true")
        void ship(Order order) {
            insert("shipped", order);
        }

        boolean hasUnshipped() {
            return count("shipped") < count("placed");
        }

        private void insert(String table, Order order) {
            jdbc.sql("insert into " + table + " (id, number, at) values (?, ?, ?)")
                    .params(order.id(), order.number(), System.currentTimeMillis())
                    .update();
        }

        private long count(String table) {
            return jdbc.sql("select count(*) from " + table).query(Long.class).single();
        }
    }
}
