package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.Map;
import java.util.UUID;

/** A message of which only destination, order and text matter. */
final class TextMessage {

    private TextMessage() {}

    /** @param orderingKey null for none */
    static OutgoingMessage of(String topic, String orderingKey, String text) {
        return new OutgoingMessage(
                UUID.randomUUID(), topic, null, null, orderingKey, "text/plain", text.getBytes(UTF_8), Map.of(), 1, 0);
    }
}
