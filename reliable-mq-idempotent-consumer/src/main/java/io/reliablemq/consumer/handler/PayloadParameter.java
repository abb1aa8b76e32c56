package io.reliablemq.consumer.handler;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;

/** The parameter that takes the payload, by the rules of Spring messaging, with type variables resolved. */
final class PayloadParameter {

    private PayloadParameter() {}

    /**
     * Null when the method takes none: its payload stays bytes.
     *
     * @param owner the bean's class, which may bind type variables of the method's
     */
    static @Nullable MethodParameter of(Method method, Class<?> owner) {
        MethodParameter found = null;
        for (int index = 0; index < method.getParameterCount(); index++) {
            MethodParameter parameter = new MethodParameter(method, index).withContainingClass(owner);
            if (parameter.hasParameterAnnotation(Payload.class)) {
                return typed(parameter);
            }
            if (Message.class.isAssignableFrom(parameter.getParameterType())) {
                found = contentOf(parameter, Message.class);
            } else if (found == null && isPlain(parameter)) {
                found = typed(parameter);
            }
        }
        return found;
    }

    /** What the container holds, as a parameter of its own. */
    static MethodParameter contentOf(MethodParameter parameter, Class<?> container) {
        ResolvableType type = ResolvableType.forMethodParameter(parameter);
        return new ContentParameter(parameter, type.as(container).getGeneric());
    }

    private static MethodParameter typed(MethodParameter parameter) {
        return new ContentParameter(parameter, ResolvableType.forMethodParameter(parameter));
    }

    private static boolean isPlain(MethodParameter parameter) {
        return !parameter.hasParameterAnnotation(Header.class)
                && !parameter.hasParameterAnnotation(Headers.class)
                && !MessageHeaders.class.isAssignableFrom(parameter.getParameterType());
    }
}
