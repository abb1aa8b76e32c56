package io.reliablemq.consumer.handler;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConverter;

/** Gives a handler that declares {@code String} the payload's text, and one that declares {@code byte[]} its bytes. */
final class TextPayloadConverter implements MessageConverter {

    @Override
    public @Nullable Object fromMessage(Message<?> message, Class<?> targetClass) {
        if (message.getPayload() instanceof byte[] bytes) {
            if (targetClass == String.class) {
                return new String(bytes, UTF_8);
            }
            return targetClass == byte[].class ? bytes : null;
        }
        return null;
    }

    @Override
    public @Nullable Message<?> toMessage(Object payload, @Nullable MessageHeaders headers) {
        return null;
    }
}
