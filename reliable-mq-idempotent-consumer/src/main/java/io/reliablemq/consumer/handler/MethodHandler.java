package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.ListenerHeaders;
import io.reliablemq.consumer.spi.MessageHandler;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/** Calls a method with the arguments it declares. */
final class MethodHandler implements MessageHandler {

    private final HandlerCall call;
    private final @Nullable KeyExpression key;

    MethodHandler(HandlerCall call, @Nullable KeyExpression key) {
        this.call = call;
        this.key = key;
    }

    @Override
    public PreparedMessage prepare(ReceivedMessage received) {
        Message<byte[]> message = new GenericMessage<>(received.payload(), headers(received));
        if (key == null) {
            return new Prepared(null, List.of(message));
        }
        Object payload = key.payload(message);
        String value = key.key(received, payload, message.getHeaders());
        return new Prepared(value, List.of(new GenericMessage<>(payload, message.getHeaders())));
    }

    @Override
    public List<PreparedMessage> together(List<PreparedMessage> messages) {
        if (!call.takesSeveral()) {
            return messages;
        }
        List<Message<?>> all = messages.stream()
                .<Message<?>>flatMap(message -> ((Prepared) message).messages.stream())
                .toList();
        return List.of(new Prepared(null, all));
    }

    /** Our own names last: a producer cannot forge them. */
    private static Map<String, Object> headers(ReceivedMessage received) {
        Map<String, Object> headers = new HashMap<>(received.headers());
        headers.keySet().removeIf(MethodHandler::isReserved);
        put(headers, MessageHeaders.CONTENT_TYPE, received.contentType());
        put(headers, ListenerHeaders.MESSAGE_ID, received.id());
        put(headers, ListenerHeaders.TOPIC, received.topic());
        put(headers, ListenerHeaders.TAG, received.tag());
        put(headers, ListenerHeaders.ORDERING_KEY, received.orderingKey());
        put(headers, ListenerHeaders.KEYS, received.keys());
        put(
                headers,
                ListenerHeaders.KEY,
                received.keys().isEmpty() ? null : received.keys().get(0));
        put(headers, ListenerHeaders.DELIVERY_ATTEMPT, received.deliveryAttempt());
        put(headers, ListenerHeaders.CREATED_AT, received.createdAtMs() > 0 ? received.createdAtMs() : null);
        return headers;
    }

    private static boolean isReserved(String name) {
        return name.startsWith("reliable_mq_")
                || name.equals(MessageHeaders.ID)
                || name.equals(MessageHeaders.TIMESTAMP)
                || name.equals(MessageHeaders.CONTENT_TYPE)
                || name.equals(MessageHeaders.REPLY_CHANNEL)
                || name.equals(MessageHeaders.ERROR_CHANNEL);
    }

    private static void put(Map<String, Object> headers, String name, @Nullable Object value) {
        if (value != null) {
            headers.put(name, value);
        }
    }

    private final class Prepared implements PreparedMessage {

        private final @Nullable String value;
        private final List<Message<?>> messages;

        Prepared(@Nullable String value, List<Message<?>> messages) {
            this.value = value;
            this.messages = messages;
        }

        @Override
        public @Nullable String key() {
            return value;
        }

        @Override
        public void handle() throws Exception {
            call.call(messages);
        }
    }
}
