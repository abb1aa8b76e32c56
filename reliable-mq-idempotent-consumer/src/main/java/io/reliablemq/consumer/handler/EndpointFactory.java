package io.reliablemq.consumer.handler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.MessageHandler;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a listener of an annotated method, or of a definition. */
final class EndpointFactory {

    private final AttributeResolver resolver;
    private final HandlerMethods handlers;
    private final ConsumerSettings settings;

    EndpointFactory(AttributeResolver resolver, HandlerMethods handlers, ConsumerSettings settings) {
        this.resolver = resolver;
        this.handlers = handlers;
        this.settings = settings;
    }

    ListenerEndpoint create(ListenerMethod method) {
        AttributeResolver.Attributes attributes = resolver.of(method.origin());
        IdempotentListener annotation = method.annotation();
        Subscription subscription = subscription(method.origin(), annotation, attributes);
        String key = attributes.text("key", annotation.key());
        int batch = attributes.atLeast(2, "batch", annotation.batch(), 0);
        boolean coalesced = !attributes.text("coalesce", annotation.coalesce()).isEmpty();
        method.refuse(
                batch > 0 && coalesced,
                "has both batch and coalesce: keep batch, whose messages share a transaction anyway, or take one"
                        + " message and keep coalesce");
        MessageHandler handler = batch > 0 ? handlers.batch(method, key) : handlers.single(method, key);
        String id = attributes.text("id", annotation.id());
        return new ListenerEndpoint(
                id.isEmpty() ? subscription.group() : id,
                method.origin(),
                subscription,
                policy(annotation, attributes, batch, !key.isEmpty()),
                handler);
    }

    ListenerEndpoint create(ListenerDefinition<?> definition) {
        Subscription subscription = subscription(
                definition.toString(),
                definition.topic(),
                definition.consumerGroup(),
                new Filter(orEmpty(definition.tag()), orEmpty(definition.sql())),
                definition.ordered());
        return new ListenerEndpoint(
                definition.id(), "added at run time", subscription, policy(definition), handlers.defined(definition));
    }

    private static Subscription subscription(
            String origin, IdempotentListener annotation, AttributeResolver.Attributes attributes) {
        return subscription(
                "@IdempotentListener on " + origin,
                attributes.required("topic", annotation.topic()),
                attributes.required("consumerGroup", annotation.consumerGroup()),
                new Filter(attributes.text("tag", annotation.tag()), attributes.text("sql", annotation.sql())),
                attributes.flag("ordered", annotation.ordered(), false));
    }

    private static Subscription subscription(
            String listener, String topic, String group, Filter filter, boolean ordered) {
        if (group.getBytes(UTF_8).length > InboxEntry.MAX_BYTES) {
            throw new ListenerConfigurationException(listener + ": consumerGroup \"" + group + "\" is longer than "
                    + InboxEntry.MAX_BYTES + " bytes: shorten it");
        }
        if (filter.isContradictory()) {
            throw new ListenerConfigurationException(listener + ": both tag \"" + filter.tag() + "\" and sql \""
                    + filter.sql() + "\" are set: keep one of them");
        }
        boolean sql = !filter.sql().isEmpty();
        return new Subscription(topic, group, sql ? filter.sql() : filter.tagOrAll(), sql, ordered);
    }

    private record Filter(String tag, String sql) {

        boolean isContradictory() {
            return !sql.isEmpty() && !tagOrAll().equals("*");
        }

        String tagOrAll() {
            return tag.isEmpty() ? "*" : tag;
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static <V> V or(@Nullable V value, V fallback) {
        return value == null ? fallback : value;
    }

    private ListenerPolicy policy(ListenerDefinition<?> definition) {
        return new ListenerPolicy(
                or(definition.concurrency(), settings.concurrency()),
                or(definition.coalesce(), settings.coalesce()),
                or(definition.autoStartup(), settings.autoStartup()),
                definition.key() != null,
                or(definition.dedupWindow(), settings.dedupWindow()),
                or(definition.retry(), settings.retry()),
                definition.fatal(),
                mirror(orEmpty(definition.mirrorTopic())));
    }

    private ListenerPolicy policy(
            IdempotentListener annotation, AttributeResolver.Attributes attributes, int batch, boolean keyed) {
        Duration window = attributes.duration("dedupWindow", annotation.dedupWindow(), settings.dedupWindow());
        return new ListenerPolicy(
                attributes.number("concurrency", annotation.concurrency(), settings.concurrency()),
                batch > 0 ? batch : attributes.number("coalesce", annotation.coalesce(), settings.coalesce()),
                attributes.flag("autoStartup", annotation.autoStartup(), settings.autoStartup()),
                keyed,
                window,
                retry(annotation, attributes),
                List.of(annotation.fatal()),
                mirror(attributes.text("mirrorTopic", annotation.mirrorTopic())));
    }

    private static @Nullable String mirror(String topic) {
        if (topic.isEmpty()) {
            return null;
        }
        return topic.equals(IdempotentListener.NO_MIRROR) ? "" : topic;
    }

    private RetryPolicy retry(IdempotentListener annotation, AttributeResolver.Attributes attributes) {
        RetryPolicy fallback = settings.retry();
        int maxAttempts = attributes.number("maxAttempts", annotation.maxAttempts(), fallback.maxAttempts());
        Duration initial = attributes.duration("initialDelay", annotation.initialDelay(), fallback.initialDelay());
        double multiplier = attributes.factor("multiplier", annotation.multiplier(), fallback.multiplier());
        Duration max = attributes.duration("maxDelay", annotation.maxDelay(), fallback.maxDelay());
        try {
            return new RetryPolicy(maxAttempts, initial, multiplier, max);
        } catch (IllegalArgumentException e) {
            throw new ListenerConfigurationException(
                    "@IdempotentListener for group " + annotation.consumerGroup() + ": " + e.getMessage(), e);
        }
    }
}
