package io.reliablemq.outbox.annotation;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.OutboxConfigurationException;
import io.reliablemq.outbox.ReliableSend;
import io.reliablemq.outbox.ReliableSends;
import io.reliablemq.outbox.SendMode;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** The annotations of each class: found, checked and parsed once. */
final class SendDefinitions {

    private final UnaryOperator<@Nullable String> placeholders;
    private final Map<Class<?>, Map<Method, List<SendDefinition>>> byType = new ConcurrentHashMap<>();

    SendDefinitions(UnaryOperator<@Nullable String> placeholders) {
        this.placeholders = placeholders;
    }

    /** @return by most specific method; empty when the class has none */
    Map<Method, List<SendDefinition>> of(Class<?> type) {
        return byType.computeIfAbsent(ClassUtils.getUserClass(type), this::find);
    }

    List<SendDefinition> of(Class<?> type, Method method) {
        Map<Method, List<SendDefinition>> definitions = of(type);
        return definitions.isEmpty() ? List.of() : definitions.getOrDefault(specific(method, type), List.of());
    }

    /** Where the annotation of a method that is called on an object of that type is looked up. */
    static Method specific(Method method, Class<?> type) {
        return Proxy.isProxyClass(type)
                ? method
                : AopUtils.getMostSpecificMethod(method, ClassUtils.getUserClass(type));
    }

    private Map<Method, List<SendDefinition>> find(Class<?> type) {
        if (!AnnotationUtils.isCandidateClass(type, List.of(ReliableSend.class, ReliableSends.class))) {
            return Map.of();
        }
        return Map.copyOf(MethodIntrospector.selectMethods(type, (Method method) -> {
            Collection<ReliableSend> annotations = annotations(method);
            return annotations.isEmpty() ? null : parse(new Site(method, type), annotations);
        }));
    }

    /** The method's own, else those of what it overrides. */
    private static Collection<ReliableSend> annotations(Method method) {
        Set<ReliableSend> own =
                AnnotatedElementUtils.getMergedRepeatableAnnotations(method, ReliableSend.class, ReliableSends.class);
        return own.isEmpty()
                ? AnnotatedElementUtils.findMergedRepeatableAnnotations(method, ReliableSend.class, ReliableSends.class)
                : own;
    }

    private List<SendDefinition> parse(Site site, Collection<ReliableSend> annotations) {
        MethodRules.check(site);
        AttributeParser parser = new AttributeParser(site, placeholders);
        return annotations.stream()
                .map(annotation -> parse(site, annotation, parser))
                .toList();
    }

    private static SendDefinition parse(Site site, ReliableSend annotation, AttributeParser parser) {
        Attribute topic = parser.text("topic", annotation.topic());
        if (topic == null) {
            throw site.error("has an empty topic. Name one");
        }
        if (annotation.payload().isBlank() && MethodRules.isVoid(site.method())) {
            throw site.error(
                    "has nothing to send, because the method returns nothing. Set payload, for example to \"#p0\"");
        }
        SendDefinition definition = new SendDefinition(
                site,
                topic,
                parser.text("tag", annotation.tag()),
                parser.expression("key", annotation.key()),
                parser.expression("orderedBy", annotation.orderedBy()),
                parser.text("delay", annotation.delay()),
                parser.expression("payload", annotation.payload()),
                headers(site, annotation, parser),
                parser.expression("condition", annotation.condition()),
                annotation.mode());
        check(definition);
        return definition;
    }

    private static Map<String, Attribute> headers(Site site, ReliableSend annotation, AttributeParser parser) {
        Map<String, Attribute> headers = new LinkedHashMap<>();
        for (String header : annotation.headers()) {
            int equals = header.indexOf('=');
            String name = equals < 0 ? "" : header.substring(0, equals).trim();
            Attribute value = parser.expression("header " + name, header.substring(equals + 1));
            if (name.isEmpty() || value == null) {
                throw site.error(
                        "has the header \"" + header + "\". Write it as name=expression, for example type='order'");
            }
            headers.put(name, value);
        }
        return headers;
    }

    private static void check(SendDefinition definition) {
        Attribute delay = definition.delay();
        if (definition.mode() == SendMode.DIRECT && definition.orderedBy() != null) {
            throw definition
                    .site()
                    .error("has both orderedBy and mode DIRECT: only the outbox keeps an order. Leave out one");
        }
        if (delay != null && definition.orderedBy() != null) {
            throw definition
                    .site()
                    .error("has both orderedBy and a delay: a broker's timer keeps no order. Leave out one");
        }
        try {
            String topic = definition.topic().constant();
            if (definition.tag() != null && topic != null && topic.contains(":")) {
                throw definition.site().error("has two tags: in topic \"" + topic + "\" and in tag. Use one of them");
            }
            if (delay != null && delay.constant() != null) {
                SendDefinition.delay(delay, delay.constant());
            }
        } catch (MessageRejectedException e) {
            throw new OutboxConfigurationException(String.valueOf(e.getMessage()), e);
        }
    }
}
