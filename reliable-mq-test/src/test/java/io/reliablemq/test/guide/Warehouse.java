package io.reliablemq.test.guide;

import io.reliablemq.consumer.IdempotentListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

class Warehouse {

    private final Set<String> shipped = ConcurrentHashMap.newKeySet();

    @IdempotentListener(topic = "orders", consumerGroup = "shipping")
    void ship(Orders.Order order) {
        shipped.add(order.id());
    }

    boolean shipped(String id) {
        return shipped.contains(id);
    }
}
