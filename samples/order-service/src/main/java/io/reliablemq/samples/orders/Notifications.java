package io.reliablemq.samples.orders;

import io.reliablemq.consumer.IdempotentListener;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Tells customers that their order was placed. */
@Component
class Notifications {

    private final JdbcClient jdbc;

    Notifications(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A group of its own gets each message too, and has its own memory of what it has handled. */
    @IdempotentListener(topic = "orders", consumerGroup = "notification", tag = "placed")
    public void tell(Order order) {
        jdbc.sql("insert into notification (id, order_id, recipient) values (?, ?, ?)")
                .params(UUID.randomUUID().toString(), order.id(), order.customer())
                .update();
    }
}
