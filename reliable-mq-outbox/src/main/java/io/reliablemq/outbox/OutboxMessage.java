package io.reliablemq.outbox;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One message to send.
 *
 * @param topic the broker's topic
 * @param tag the broker's filter tag, or null
 * @param key a business key by which operators find the message at the broker, or null
 * @param orderedBy messages with an equal value are delivered in the order of their transactions' commits; null for no
 *     order. Not together with a delay
 * @param payload bytes and strings are sent as they are, any other value as JSON
 * @param headers sent as user properties; names and values without control characters
 * @param delay how long after the commit the broker delivers it, or null for at once. With {@link SendMode#DIRECT} after the call
 *     of send, by the clock of this process, and no longer than the broker's timer accepts
 * @param mode how it gets to the broker
 */
public record OutboxMessage(
        String topic,
        @Nullable String tag,
        @Nullable String key,
        @Nullable String orderedBy,
        Object payload,
        Map<String, String> headers,
        @Nullable Duration delay,
        SendMode mode) {

    public OutboxMessage {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(mode, "mode");
        headers = Map.copyOf(headers);
    }

    /** The same message with these headers instead of its own. */
    public OutboxMessage withHeaders(Map<String, String> others) {
        return new OutboxMessage(topic, tag, key, orderedBy, payload, others, delay, mode);
    }

    /** The same message in that mode. */
    public OutboxMessage withMode(SendMode other) {
        return new OutboxMessage(topic, tag, key, orderedBy, payload, headers, delay, other);
    }

    /** Starts a message to a {@code topic}, or to {@code topic:tag}, the short form that RocketMQ users know. */
    public static Builder to(String destination) {
        int colon = destination.indexOf(':');
        return colon < 0
                ? new Builder(destination, null)
                : new Builder(destination.substring(0, colon), destination.substring(colon + 1));
    }

    /** Collects the optional parts of a message. Not safe for use by several threads. */
    public static final class Builder {

        private final String topic;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable String tag;
        private @Nullable String key;
        private @Nullable String orderedBy;
        private @Nullable Duration delay;
        private SendMode mode = SendMode.DEFAULT;

        private Builder(String topic, @Nullable String tag) {
            this.topic = topic;
            this.tag = tag;
        }

        public Builder tag(@Nullable String value) {
            tag = value;
            return this;
        }

        public Builder key(@Nullable String value) {
            key = value;
            return this;
        }

        public Builder orderedBy(@Nullable String value) {
            orderedBy = value;
            return this;
        }

        public Builder header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        public Builder headers(Map<String, String> values) {
            headers.putAll(values);
            return this;
        }

        public Builder delay(@Nullable Duration value) {
            delay = value;
            return this;
        }

        /** {@link SendMode#DEFAULT} unless set. */
        public Builder mode(SendMode value) {
            mode = value;
            return this;
        }

        public OutboxMessage payload(Object payload) {
            return new OutboxMessage(topic, tag, key, orderedBy, payload, headers, delay, mode);
        }
    }
}
