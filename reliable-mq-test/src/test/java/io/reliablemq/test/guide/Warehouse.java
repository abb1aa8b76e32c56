package io.reliablemq.test.guide;

import io.reliablemq.consumer.IdempotentListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

class Warehouse {

    private final Map<String, Integer> shipped = new ConcurrentHashMap<>();

    @IdempotentListener(topic = "orders", consumerGroup = "shipping")
    void ship(Orders.Order order) {
        shipped.merge(order.id(), 1, Integer::sum);
    }

    boolean shipped(String id) {
        return timesShipped(id) > 0;
    }

    int timesShipped(String id) {
        return shipped.getOrDefault(id, 0);
    }
}
