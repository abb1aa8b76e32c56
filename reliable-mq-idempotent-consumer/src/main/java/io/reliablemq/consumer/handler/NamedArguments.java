package io.reliablemq.consumer.handler;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.util.ClassUtils;

/**
 * Resolves arguments as Spring messaging does, and says of those that cannot be resolved which one it is: its exceptions never quote a value.
 * It is a {@link io.reliablemq.consumer.FatalListenerException} unless code of the application has thrown something of its own.
 */
record NamedArguments(HandlerMethodArgumentResolver target) implements HandlerMethodArgumentResolver {

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return target.supportsParameter(parameter);
    }

    @Override
    public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
        Object argument;
        try {
            argument = target.resolveArgument(parameter, message);
        } catch (Exception e) {
            throw failure(parameter, e);
        }
        if (!ClassUtils.isAssignableValue(parameter.getParameterType(), argument)) {
            throw ArgumentFailure.unfit(what(parameter), target(parameter), argument);
        }
        return argument;
    }

    /** Nothing but Spring's conversion works on headers. */
    private static RuntimeException failure(MethodParameter parameter, Exception thrown) {
        if (!takesHeaders(parameter)) {
            return ArgumentFailure.ofPayload(target(parameter), thrown);
        }
        return isMissing(thrown)
                ? ArgumentFailure.unfit(what(parameter), target(parameter), null)
                : ArgumentFailure.ofHeader(what(parameter), target(parameter), thrown);
    }

    /** Or null for a primitive, which is an {@link IllegalStateException}. */
    private static boolean isMissing(Exception thrown) {
        return thrown instanceof MessageHandlingException || thrown instanceof IllegalStateException;
    }

    private static boolean takesHeaders(MethodParameter parameter) {
        return parameter.hasParameterAnnotation(Header.class)
                || parameter.hasParameterAnnotation(Headers.class)
                || MessageHeaders.class.isAssignableFrom(parameter.getParameterType());
    }

    private static String what(MethodParameter parameter) {
        Header header = parameter.getParameterAnnotation(Header.class);
        if (header == null) {
            return takesHeaders(parameter) ? "headers" : "payload";
        }
        String name = header.name().isEmpty() ? String.valueOf(parameter.getParameterName()) : header.name();
        return "header \"" + name + "\"";
    }

    private static String target(MethodParameter parameter) {
        return parameter.getGenericParameterType().getTypeName();
    }
}
