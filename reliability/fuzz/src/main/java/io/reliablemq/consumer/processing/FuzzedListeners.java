package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.ListenerHeaders;
import io.reliablemq.consumer.handler.ListenerAnnotationProcessor;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerEndpoints;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.reliability.fuzz.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import tools.jackson.databind.json.JsonMapper;

/** Listeners of several types, with and without a key, and what the last of them was given. */
final class FuzzedListeners implements ListenerEndpoints {

    private static final JsonMapper JACKSON = JsonMapper.builder().build();
    private static final Set<String> RESERVED = Set.of(
            MessageHeaders.ID,
            MessageHeaders.TIMESTAMP,
            MessageHeaders.CONTENT_TYPE,
            MessageHeaders.REPLY_CHANNEL,
            MessageHeaders.ERROR_CHANNEL);

    private final List<ListenerEndpoint> all = new ArrayList<>();
    private @Nullable Message<?> seen;

    record Order(
            String id,
            long amount,
            @Nullable Status status,
            @Nullable List<Line> lines,
            @Nullable Map<String, String> notes) {}

    record Line(String article, int count) {}

    enum Status {
        NEW,
        PAID
    }

    FuzzedListeners() {
        ListenerAnnotationProcessor processor = new ListenerAnnotationProcessor(
                () -> this,
                ConsumerSettings::defaults,
                () -> new JacksonJsonMessageConverter(JACKSON),
                () -> null,
                () -> {
                    throw new IllegalStateException("there are no annotated methods");
                });
        processor.afterSingletonsInstantiated();
        processor.register(on("0").handledBy(Order.class, this::see));
        processor.register(on("1").key("payload.id()").handledBy(Order.class, this::see));
        processor.register(on("2").key("payload['id']")
                .handledBy(new ParameterizedTypeReference<Map<String, Object>>() {}, this::see));
        processor.register(on("3").handledBy(String.class, this::see));
        processor.register(on("4").handledBy(byte[].class, this::see));
        processor.register(on("5").handledBy(Object.class, this::see));
        processor.register(
                on("6").key("headers['x']").handledBy(new ParameterizedTypeReference<List<Line>>() {}, this::see));
    }

    private static ListenerDefinition.Builder on(String number) {
        return ListenerDefinition.on("orders", "group-" + number);
    }

    ListenerEndpoint get(int number) {
        return all.get(Math.floorMod(number, all.size()));
    }

    private void see(Message<?> message) {
        seen = message;
    }

    /** What was given to the listener that was called last, of that message. */
    void requireSound(ReceivedMessage message) {
        Message<?> given = seen;
        Claim.holds(given != null, "nobody was called");
        if (given == null) {
            return;
        }
        payload(given.getPayload(), message);
        requireOurs(given.getHeaders(), message);
    }

    private static void payload(Object payload, ReceivedMessage message) {
        if (payload instanceof byte[] bytes) {
            Claim.equal(bytes, message.payload(), "the payload");
        } else if (payload instanceof Order order) {
            Claim.equal(
                    JACKSON.readValue(JACKSON.writeValueAsBytes(order), Order.class), order, "written and read again");
        }
    }

    /** A producer cannot forge them. */
    private static void requireOurs(MessageHeaders headers, ReceivedMessage message) {
        Claim.equal(headers.get(ListenerHeaders.MESSAGE_ID), message.id(), "the id");
        Claim.equal(headers.get(ListenerHeaders.TOPIC), message.topic(), "the topic");
        Claim.equal(headers.get(ListenerHeaders.TAG), message.tag(), "the tag");
        Claim.equal(headers.get(ListenerHeaders.ORDERING_KEY), message.orderingKey(), "the ordering key");
        Claim.equal(headers.get(ListenerHeaders.KEYS), message.keys(), "the keys");
        Claim.equal(headers.get(ListenerHeaders.DELIVERY_ATTEMPT), message.deliveryAttempt(), "the attempt");
        Claim.equal(headers.get(MessageHeaders.CONTENT_TYPE), message.contentType(), "the content type");
        message.headers().forEach((name, value) -> {
            if (!name.startsWith("reliable_mq_") && !RESERVED.contains(name)) {
                Claim.equal(headers.get(name), value, "a header");
            }
        });
    }

    @Override
    public void register(ListenerEndpoint endpoint) {
        all.add(endpoint);
    }

    @Override
    public void remove(String id) {
        throw new UnsupportedOperationException(id);
    }

    @Override
    public Optional<ListenerEndpoint> ofGroup(String group) {
        return Optional.empty();
    }
}
