package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.spi.Printable;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.converter.SmartMessageConverter;

/**
 * Where a handler takes a type that several kinds of messages have in common, such as a sealed interface, makes of each what its alias
 * says: a parameter of the content type. An alias chooses among the classes that the application names, and only below what the handler
 * takes; whatever else it says, the type that the handler takes decides.
 */
final class AliasedPayloadConverter implements SmartMessageConverter {

    private static final String TYPE = ";reliablemq-type=";

    private final SmartMessageConverter converter;
    private final Map<String, Class<?>> types;

    /** @param types by alias */
    AliasedPayloadConverter(SmartMessageConverter converter, Map<String, Class<?>> types) {
        this.converter = converter;
        this.types = Map.copyOf(types);
    }

    @Override
    public @Nullable Object fromMessage(Message<?> message, Class<?> target) {
        return fromMessage(message, target, null);
    }

    @Override
    public @Nullable Object fromMessage(Message<?> message, Class<?> target, @Nullable Object hint) {
        String alias = alias(message.getHeaders().get(MessageHeaders.CONTENT_TYPE));
        Class<?> type = alias == null ? null : types.get(alias);
        if (type != null && type != target && declared(target, hint).isAssignableFrom(type)) {
            return converter.fromMessage(message, type, null);
        }
        try {
            return converter.fromMessage(message, target, hint);
        } catch (MessageConversionException e) {
            if (alias == null || type != null || !Modifier.isAbstract(target.getModifiers())) {
                throw e;
            }
            throw new FatalListenerException("The payload cannot be made a " + target.getName() + ", and its alias \""
                    + Printable.of(alias) + "\" is none of " + new TreeSet<>(types.keySet())
                    + ": name its class in reliable-mq.payload.types, then replay the message");
        }
    }

    /** With its type arguments, where the handler's parameter is known. */
    private static ResolvableType declared(Class<?> target, @Nullable Object hint) {
        if (hint instanceof MethodParameter parameter) {
            ResolvableType type = ResolvableType.forType(parameter.getGenericParameterType());
            return type.toClass() == target ? type : ResolvableType.forClass(target);
        }
        return ResolvableType.forClass(target);
    }

    private static @Nullable String alias(@Nullable Object contentType) {
        String type = contentType == null ? "" : contentType.toString();
        int begin = type.indexOf(TYPE);
        if (begin < 0) {
            return null;
        }
        int end = type.indexOf(';', begin + 1);
        return type.substring(begin + TYPE.length(), end < 0 ? type.length() : end);
    }

    @Override
    public @Nullable Message<?> toMessage(Object payload, @Nullable MessageHeaders headers) {
        return converter.toMessage(payload, headers);
    }

    @Override
    public @Nullable Message<?> toMessage(Object payload, @Nullable MessageHeaders headers, @Nullable Object hint) {
        return converter.toMessage(payload, headers, hint);
    }
}
