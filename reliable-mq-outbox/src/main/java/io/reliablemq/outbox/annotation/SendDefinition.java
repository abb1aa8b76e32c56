package io.reliablemq.outbox.annotation;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/** One annotation, parsed. Makes messages out of what the method returned. */
record SendDefinition(
        Site site,
        Attribute topic,
        @Nullable Attribute tag,
        @Nullable Attribute key,
        @Nullable Attribute orderedBy,
        @Nullable Attribute delay,
        @Nullable Attribute payload,
        Map<String, Attribute> headers,
        @Nullable Attribute condition,
        SendMode mode) {

    /** @throws MessageRejectedException naming the method and the attribute */
    List<OutboxMessage> messages(EvaluationContext context, @Nullable Object result) {
        Object toSend = payload == null ? result : unwrapped(payload.value(context, result));
        return elements(toSend).stream()
                .filter(element -> condition == null || condition.isTrue(context, element))
                .map(element -> message(context, element))
                .toList();
    }

    /** Whether the messages need the transaction, and so its advice around ours. */
    boolean needsTransaction() {
        return mode != SendMode.DIRECT;
    }

    static @Nullable Object unwrapped(@Nullable Object value) {
        return value instanceof Optional<?> optional ? optional.orElse(null) : value;
    }

    private static Collection<?> elements(@Nullable Object payload) {
        if (payload instanceof Collection<?> collection) {
            return collection;
        }
        return payload instanceof Object[] array ? Arrays.asList(array) : Collections.singletonList(payload);
    }

    private OutboxMessage message(EvaluationContext context, @Nullable Object element) {
        if (element == null) {
            throw new MessageRejectedException(site + ": the payload"
                    + (payload == null ? "" : " \"" + payload.expression().getExpressionString() + "\"")
                    + " is null. Return a value, or say in a condition when nothing is to be sent, for example"
                    + " condition = \"#root != null\"");
        }
        OutboxMessage.Builder message = destination(context, element)
                .mode(mode)
                .key(key == null ? null : key.text(context, element))
                .orderedBy(orderedBy == null ? null : orderedBy.requiredText(context, element))
                .delay(delay == null ? null : delay(delay, delay.value(context, element)));
        headers.forEach((name, attribute) -> {
            String value = attribute.text(context, element);
            if (value != null) {
                message.header(name, value);
            }
        });
        return message.payload(element);
    }

    private OutboxMessage.Builder destination(EvaluationContext context, Object element) {
        String destination = topic.requiredText(context, element);
        if (tag == null) {
            return OutboxMessage.to(destination);
        }
        if (destination.contains(":")) {
            throw topic.rejected(
                    "has a tag in \"" + destination + "\" beside the attribute tag: use one of them", null);
        }
        return OutboxMessage.to(destination).tag(tag.text(context, element));
    }

    static @Nullable Duration delay(Attribute attribute, @Nullable Object value) {
        if (value == null || value instanceof Duration) {
            return (Duration) value;
        }
        try {
            return DurationFormatterUtils.detectAndParse(value.toString());
        } catch (IllegalArgumentException e) {
            throw attribute.rejected("is no duration: write it as 30s, 15m or PT1H", e);
        }
    }
}
