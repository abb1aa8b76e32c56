package io.reliablemq.test.guide;

import io.reliablemq.outbox.ReliableSend;
import org.springframework.transaction.annotation.Transactional;

class Orders {

    record Order(String id) {}

    @Transactional
    @ReliableSend(topic = "orders", key = "id")
    public Order place(String id) {
        return new Order(id);
    }
}
