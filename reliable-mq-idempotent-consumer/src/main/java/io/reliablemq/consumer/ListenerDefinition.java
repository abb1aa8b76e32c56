package io.reliablemq.consumer;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.messaging.Message;

/**
 * A listener that is added at run time, see {@link ListenerRegistrar}: what {@link IdempotentListener} says of a method, for a
 * handler of any kind. What is null is the application's setting.
 *
 * @param topic the topic to consume
 * @param consumerGroup messages are unique per group
 * @param id name in the {@link ListenerRegistry}; the consumer group unless given
 * @param tag a tag expression, or null
 * @param sql an SQL-92 expression on headers instead of the tag, or null
 * @param key as {@link IdempotentListener#key()}, or null
 * @param ordered as {@link IdempotentListener#ordered()}
 * @param mirrorTopic as {@link IdempotentListener#mirrorTopic()}, or null
 * @param payload what the payload is converted to
 */
public record ListenerDefinition<T>(
        String topic,
        String consumerGroup,
        String id,
        @Nullable String tag,
        @Nullable String sql,
        @Nullable String key,
        boolean ordered,
        @Nullable Integer concurrency,
        @Nullable Integer coalesce,
        @Nullable Duration dedupWindow,
        @Nullable Boolean autoStartup,
        @Nullable RetryPolicy retry,
        List<Class<? extends Throwable>> fatal,
        @Nullable String mirrorTopic,
        Type payload,
        Handler<T> handler) {

    /** @throws IllegalArgumentException when topic, group or id is blank, or a number or duration is too small */
    public ListenerDefinition {
        requireText("topic", topic);
        requireText("consumerGroup", consumerGroup);
        requireText("id", id);
        if (mirrorTopic != null) {
            requireText("mirrorTopic", mirrorTopic);
        }
        requirePositive("concurrency", concurrency);
        requirePositive("coalesce", coalesce);
        if (dedupWindow != null && (dedupWindow.isNegative() || dedupWindow.isZero())) {
            throw new IllegalArgumentException(
                    "The dedupWindow of a listener is " + dedupWindow + ": give more than 0");
        }
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(handler, "handler");
        fatal = List.copyOf(fatal);
    }

    /** For error messages. */
    @Override
    public String toString() {
        return "Listener '" + id + "'";
    }

    private static void requireText(String name, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("The " + name + " of a listener is blank: give it a value");
        }
    }

    private static void requirePositive(String name, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException("The " + name + " of a listener is " + value + ": give at least 1");
        }
    }

    /**
     * Handles one message. <b>Thread</b>: by many at once. <b>Transaction</b>: the one that holds the dedup record; an exception
     * rolls both back.
     */
    @FunctionalInterface
    public interface Handler<T> {

        void handle(Message<T> message) throws Exception;
    }

    /** Starts a definition. */
    public static Builder on(String topic, String consumerGroup) {
        return new Builder(topic, consumerGroup);
    }

    /** Collects the optional parts. Not safe for use by several threads. */
    public static final class Builder {

        private final String topic;
        private final String consumerGroup;
        private final List<Class<? extends Throwable>> fatal = new ArrayList<>();
        private String id;
        private @Nullable String tag;
        private @Nullable String sql;
        private @Nullable String key;
        private boolean ordered;
        private @Nullable Integer concurrency;
        private @Nullable Integer coalesce;
        private @Nullable Duration dedupWindow;
        private @Nullable Boolean autoStartup;
        private @Nullable RetryPolicy retry;
        private @Nullable String mirrorTopic;

        private Builder(String topic, String consumerGroup) {
            this.topic = topic;
            this.consumerGroup = consumerGroup;
            this.id = consumerGroup;
        }

        public Builder id(String value) {
            id = value;
            return this;
        }

        public Builder tag(String expression) {
            tag = expression;
            return this;
        }

        public Builder sql(String expression) {
            sql = expression;
            return this;
        }

        public Builder key(String expression) {
            key = expression;
            return this;
        }

        public Builder ordered() {
            ordered = true;
            return this;
        }

        public Builder concurrency(int value) {
            concurrency = value;
            return this;
        }

        public Builder coalesce(int value) {
            coalesce = value;
            return this;
        }

        public Builder dedupWindow(Duration value) {
            dedupWindow = value;
            return this;
        }

        public Builder autoStartup(boolean value) {
            autoStartup = value;
            return this;
        }

        public Builder retry(RetryPolicy value) {
            retry = value;
            return this;
        }

        public Builder fatal(Class<? extends Throwable> exception) {
            fatal.add(exception);
            return this;
        }

        /** As {@link IdempotentListener#mirrorTopic()}. */
        public Builder mirrorTopic(String value) {
            mirrorTopic = value;
            return this;
        }

        public <T> ListenerDefinition<T> handledBy(Class<T> payload, Handler<T> handler) {
            return build(payload, handler);
        }

        /** For payloads with type arguments, such as {@code List<Item>}. */
        public <T> ListenerDefinition<T> handledBy(ParameterizedTypeReference<T> payload, Handler<T> handler) {
            return build(payload.getType(), handler);
        }

        private <T> ListenerDefinition<T> build(Type payload, Handler<T> handler) {
            return new ListenerDefinition<>(
                    topic,
                    consumerGroup,
                    id,
                    tag,
                    sql,
                    key,
                    ordered,
                    concurrency,
                    coalesce,
                    dedupWindow,
                    autoStartup,
                    retry,
                    fatal,
                    mirrorTopic,
                    payload,
                    handler);
        }
    }
}
