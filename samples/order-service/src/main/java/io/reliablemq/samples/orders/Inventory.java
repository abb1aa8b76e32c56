package io.reliablemq.samples.orders;

import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.IdempotentListener;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Takes what was ordered out of the stock. */
@Component
class Inventory {

    private final JdbcClient jdbc;

    Inventory(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Applied twice this would sell goods that nobody ordered; it runs in the transaction that remembers the message. */
    @IdempotentListener(topic = "orders", consumerGroup = "inventory", tag = "placed")
    public void reserve(Order order) {
        int updated = jdbc.sql(
                        "update stock set quantity = quantity - :quantity where item = :item and quantity >= :quantity")
                .paramSource(order)
                .update();
        if (updated == 0) {
            throw new FatalListenerException("Order " + order.id() + " wants " + order.quantity() + " of item \""
                    + order.item() + "\", which is unknown or sold out: refill the stock, then replay the dead letter");
        }
        jdbc.sql("insert into reservation (id, order_id, item, quantity) values (?, ?, ?, ?)")
                .params(UUID.randomUUID().toString(), order.id(), order.item(), order.quantity())
                .update();
    }
}
