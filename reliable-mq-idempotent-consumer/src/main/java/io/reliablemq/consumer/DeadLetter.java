package io.reliablemq.consumer;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message that was taken out of the flow, with everything that a replay needs.
 *
 * @param id of the dead letter, for {@link DeadLetters#replay} and {@link DeadLetters#discard}
 * @param key the dedup key that is held by the letter
 * @param messageId the producer's message id, or null
 * @param error class and message of the last failure, shortened
 * @param attempts failed attempts, 0 when the handler was never called
 * @param writtenAt by the database's clock
 */
@SuppressWarnings(
        "ArrayRecordComponent") // read-only view of a row; copying every payload would cost more than it protects
public record DeadLetter(
        String id,
        String consumerGroup,
        String key,
        @Nullable String messageId,
        String topic,
        @Nullable String tag,
        List<String> keys,
        @Nullable String orderingKey,
        @Nullable String contentType,
        byte[] payload,
        Map<String, String> headers,
        long createdAtMs,
        long deliverAtMs,
        DeadLetterReason reason,
        String error,
        int attempts,
        Instant writtenAt,
        State state) {

    /** What became of the letter. */
    public enum State {
        /** Waits for a decision. */
        OPEN,
        /** Its effect was applied by a replay. */
        REPLAYED,
        /** Given up on by an operator. */
        DISCARDED
    }

    /** For logs: never the payload, never a header's value. */
    @Override
    public String toString() {
        return "dead letter " + id + " (" + reason + ") of " + consumerGroup + " from " + topic + ", " + state;
    }
}
