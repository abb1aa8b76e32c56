package io.reliablemq.consumer.handler;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;

/** The parameter that takes the payload, by the rules of Spring messaging. */
final class PayloadParameter {

    private PayloadParameter() {}

    /** Null when the method takes none: its payload stays bytes. */
    static @Nullable MethodParameter of(Method method) {
        MethodParameter plain = null;
        for (int index = 0; index < method.getParameterCount(); index++) {
            MethodParameter parameter = new MethodParameter(method, index);
            if (parameter.hasParameterAnnotation(Payload.class)) {
                return parameter;
            }
            if (Message.class.isAssignableFrom(parameter.getParameterType())) {
                plain = parameter.nested();
            } else if (plain == null && isPlain(parameter)) {
                plain = parameter;
            }
        }
        return plain;
    }

    private static boolean isPlain(MethodParameter parameter) {
        return !parameter.hasParameterAnnotation(Header.class)
                && !parameter.hasParameterAnnotation(Headers.class)
                && !MessageHeaders.class.isAssignableFrom(parameter.getParameterType());
    }
}
