package io.reliablemq.samples.warehouse;

import io.reliablemq.consumer.IdempotentListener;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What was shipped. */
@Component
class Shipments {

    /** What the warehouse wants to know of an order; it shares no code with the shop. */
    record PlacedOrder(String id, String item, int quantity) {}

    private final JdbcClient jdbc;

    Shipments(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Nothing is unique about the order's id in the table: an order that is shipped twice would show. */
    @IdempotentListener(topic = "orders", consumerGroup = "warehouse", tag = "placed")
    public void ship(PlacedOrder order) {
        jdbc.sql("insert into shipment (id, order_id, item, quantity) values (?, ?, ?, ?)")
                .params(UUID.randomUUID().toString(), order.id(), order.item(), order.quantity())
                .update();
    }

    List<String> orderIds() {
        return jdbc.sql("select order_id from shipment").query(String.class).list();
    }
}
