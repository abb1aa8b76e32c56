package io.reliablemq.consumer;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message that was taken out of the flow. Its payload may be large and is asked for apart: {@link DeadLetters#payload}.
 *
 * @param id of the dead letter, not of the message
 * @param key the dedup key that is held by the letter
 * @param messageId the producer's message id, or null
 * @param size of the payload, in bytes
 * @param error class and message of the last failure, shortened; only classes and names where it would quote the message
 * @param attempts failed attempts, 0 when the handler was never called
 * @param writtenAt by the database's clock
 */
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
        int size,
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
        DISCARDED,
        /** A copy of what an edited letter was before. */
        REPLACED
    }

    /** The same under another id. */
    public DeadLetter withId(String other) {
        return new DeadLetter(
                other,
                consumerGroup,
                key,
                messageId,
                topic,
                tag,
                keys,
                orderingKey,
                contentType,
                size,
                headers,
                createdAtMs,
                deliverAtMs,
                reason,
                error,
                attempts,
                writtenAt,
                state);
    }

    /** For logs: never the payload, never a header's value. */
    @Override
    public String toString() {
        return "dead letter " + id + " (" + reason + ") of " + consumerGroup + " from " + topic + ", " + state;
    }
}
