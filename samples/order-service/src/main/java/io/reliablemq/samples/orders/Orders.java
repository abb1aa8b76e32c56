package io.reliablemq.samples.orders;

import io.reliablemq.outbox.ReliableSend;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The orders that were placed. */
@Service
class Orders {

    private final JdbcClient jdbc;

    Orders(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The order and the message that it was placed are committed together, or neither exists. The result is the payload. */
    @Transactional
    @ReliableSend(topic = "orders", tag = "placed", key = "id")
    public Order place(Order order) {
        jdbc.sql("insert into placed_order (id, item, quantity, customer) values (:id, :item, :quantity, :customer)")
                .paramSource(order)
                .update();
        return order;
    }

    Optional<Order> find(String id) {
        return jdbc.sql("select id, item, quantity, customer from placed_order where id = ?")
                .param(id)
                .query(Order.class)
                .optional();
    }
}
