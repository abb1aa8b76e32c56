package io.reliablemq.samples.shop;

import io.reliablemq.outbox.ReliableSend;
import java.util.List;
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

    /** The order and its message are committed together; of one that fails neither exists. */
    @Transactional
    @ReliableSend(topic = "orders", tag = "placed", key = "id")
    public Order place(Order order) {
        jdbc.sql("insert into placed_order (id, item, quantity) values (:id, :item, :quantity)")
                .paramSource(order)
                .update();
        if (order.quantity() > 10) {
            throw new TooManyException(order);
        }
        return order;
    }

    List<String> ids() {
        return jdbc.sql("select id from placed_order").query(String.class).list();
    }
}
