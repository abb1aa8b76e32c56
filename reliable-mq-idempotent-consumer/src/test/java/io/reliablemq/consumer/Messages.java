package io.reliablemq.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.spi.ReceivedMessage;
import java.util.List;
import java.util.Map;

/** Received messages for tests. */
public final class Messages {

    private Messages() {}

    public static ReceivedMessage message(String id, String payload) {
        return message(id, payload, 1);
    }

    public static ReceivedMessage message(String id, String payload, int attempt) {
        return full(id, null, payload, System.currentTimeMillis(), attempt);
    }

    public static ReceivedMessage createdAt(String id, long createdAtMs) {
        return full(id, null, "old", createdAtMs, 1);
    }

    public static ReceivedMessage ordered(String id, String orderingKey) {
        return full(id, orderingKey, id, System.currentTimeMillis(), 1);
    }

    /** Without an id of the producer's, and with one of the broker's. */
    public static ReceivedMessage stored(String storedId, String payload, int attempt) {
        ReceivedMessage message = message(null, payload, attempt);
        return new ReceivedMessage(
                message.id(),
                message.topic(),
                message.tag(),
                message.keys(),
                message.orderingKey(),
                message.contentType(),
                message.payload(),
                message.headers(),
                message.createdAtMs(),
                message.deliverAtMs(),
                attempt,
                message.handle(),
                storedId);
    }

    public static ReceivedMessage full(String id, String orderingKey, String payload, long createdAtMs, int attempt) {
        return new ReceivedMessage(
                id,
                "orders",
                "created",
                List.of("k1", "k 2"),
                orderingKey,
                "application/json",
                payload.getBytes(UTF_8),
                Map.of("region", "eu & more=x"),
                createdAtMs,
                0,
                attempt,
                "handle-" + id + "-" + attempt);
    }
}
