package io.reliablemq.outbox.spi;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as it is stored and sent: serialised, with its id.
 *
 * @param id UUIDv7 made on write, the same on every resend
 * @param orderingKey messages with an equal value are sent one after another; null for no order
 * @param contentType media type of the payload
 * @param payload never modified after construction; not copied, because it may be large
 * @param headers user properties
 * @param createdAtMs when the message was written, milliseconds since the epoch by the application's clock
 * @param deliverAtMs not to be delivered before, milliseconds since the epoch; 0 for at once
 */
@SuppressWarnings(
        "ArrayRecordComponent") // identity is the id; a copy of every payload would cost more than it protects
public record OutgoingMessage(
        UUID id,
        String topic,
        @Nullable String tag,
        @Nullable String key,
        @Nullable String orderingKey,
        String contentType,
        byte[] payload,
        Map<String, String> headers,
        long createdAtMs,
        long deliverAtMs) {

    public OutgoingMessage withDeliverAt(long millis) {
        return new OutgoingMessage(
                id, topic, tag, key, orderingKey, contentType, payload, headers, createdAtMs, millis);
    }

    public OutgoingMessage withPayload(byte[] other, String otherContentType) {
        return new OutgoingMessage(
                id, topic, tag, key, orderingKey, otherContentType, other, headers, createdAtMs, deliverAtMs);
    }

    /** Heap that a held copy costs, roughly, in bytes. */
    public int weight() {
        return 512 + payload.length;
    }

    /** For logs: never the payload, never a header's value. */
    @Override
    public String toString() {
        return "message " + id + " to " + topic + (tag == null ? "" : ":" + tag) + ", " + payload.length + " bytes";
    }
}
