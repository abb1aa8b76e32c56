package io.reliablemq.consumer.spi;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One delivery of a message.
 *
 * @param id the producer's message id from the wire header, or null when a foreign producer sent none. Never the broker's own
 *     message id, which changes on every resend
 * @param keys business keys, possibly empty
 * @param orderingKey the producer's ordering key, or null
 * @param contentType media type of the payload, or null when the producer did not say
 * @param payload not copied: nobody may modify it
 * @param headers user properties without the ones that became components of this record
 * @param createdAtMs when the producer wrote it, milliseconds since the epoch, 0 when unknown
 * @param deliverAtMs when it was due, milliseconds since the epoch, 0 when it was not delayed
 * @param deliveryAttempt 1 for the first delivery; counts every redelivery, whatever its cause
 * @param handle the adapter's own, opaque
 * @param storedId by which the broker tells this stored message from all others, the same for each of its deliveries, or null when
 *     it has none. A resend has another one: good enough to find a redelivery by, and never a dedup key
 */
@SuppressWarnings("ArrayRecordComponent") // a copy of every payload would cost more than it protects
public record ReceivedMessage(
        @Nullable String id,
        String topic,
        @Nullable String tag,
        List<String> keys,
        @Nullable String orderingKey,
        @Nullable String contentType,
        byte[] payload,
        Map<String, String> headers,
        long createdAtMs,
        long deliverAtMs,
        int deliveryAttempt,
        Object handle,
        @Nullable String storedId) {

    /** One that the broker has no id for. */
    public ReceivedMessage(
            @Nullable String id,
            String topic,
            @Nullable String tag,
            List<String> keys,
            @Nullable String orderingKey,
            @Nullable String contentType,
            byte[] payload,
            Map<String, String> headers,
            long createdAtMs,
            long deliverAtMs,
            int deliveryAttempt,
            Object handle) {
        this(
                id,
                topic,
                tag,
                keys,
                orderingKey,
                contentType,
                payload,
                headers,
                createdAtMs,
                deliverAtMs,
                deliveryAttempt,
                handle,
                null);
    }

    public ReceivedMessage withPayload(byte[] other, @Nullable String otherContentType) {
        return new ReceivedMessage(
                id,
                topic,
                tag,
                keys,
                orderingKey,
                otherContentType,
                other,
                headers,
                createdAtMs,
                deliverAtMs,
                deliveryAttempt,
                handle,
                storedId);
    }

    public ReceivedMessage withTopic(String other) {
        return new ReceivedMessage(
                id,
                other,
                tag,
                keys,
                orderingKey,
                contentType,
                payload,
                headers,
                createdAtMs,
                deliverAtMs,
                deliveryAttempt,
                handle,
                storedId);
    }

    /** For logs: never the payload, never a header's value. */
    @Override
    public String toString() {
        return "message " + Printable.of(id) + " from " + topic + (tag == null ? "" : ":" + Printable.of(tag))
                + ", attempt " + deliveryAttempt;
    }
}
