package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.spi.ReceivedMessage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.SimpleEvaluationContext;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.converter.SmartMessageConverter;

/** The dedup key by SpEL over payload, headers and message. The expression comes from code, never from a message. */
final class KeyExpression {

    private final Expression expression;
    private final @Nullable MethodParameter parameter;
    private final SmartMessageConverter converter;

    KeyExpression(String expression, @Nullable MethodParameter parameter, SmartMessageConverter converter) {
        this.expression = new SpelExpressionParser().parseExpression(expression);
        this.parameter = parameter;
        this.converter = converter;
    }

    /** Converted once: the handler gets the same object. */
    Object payload(Message<byte[]> message) {
        if (parameter == null || parameter.getParameterType().isInstance(message.getPayload())) {
            return message.getPayload();
        }
        try {
            return converted(message, parameter);
        } catch (RuntimeException e) {
            throw ArgumentFailure.ofPayload(parameter.getGenericParameterType().getTypeName(), e);
        }
    }

    private Object converted(Message<byte[]> message, MethodParameter wanted) {
        Object converted = converter.fromMessage(message, wanted.getParameterType(), wanted);
        if (converted == null) {
            throw new MessageConversionException("No converter reads its content type");
        }
        return converted;
    }

    /** Topic and tag are part of it: neither contains the separator that follows it. Null when there is no value. */
    @Nullable
    String key(ReceivedMessage message, Object payload, MessageHeaders headers) {
        SimpleEvaluationContext context = SimpleEvaluationContext.forReadOnlyDataBinding()
                .withInstanceMethods()
                .build();
        String text = text(context, new Root(payload, headers, message));
        return text.isBlank() ? null : message.topic() + ":" + withoutBar(message.tag()) + "|" + text;
    }

    /** Our producers put none into a tag, those of others may. */
    private static String withoutBar(@Nullable String tag) {
        return tag == null ? "" : tag.replace("%", "%25").replace("|", "%7C");
    }

    private String text(EvaluationContext context, Root root) {
        try {
            return Objects.toString(expression.getValue(context, root), "");
        } catch (RuntimeException e) {
            throw ArgumentFailure.ofKey(expression.getExpressionString(), e);
        }
    }

    /** What the expression sees. */
    record Root(Object payload, MessageHeaders headers, ReceivedMessage message) {

        public Object getPayload() {
            return payload;
        }

        public MessageHeaders getHeaders() {
            return headers;
        }

        public ReceivedMessage getMessage() {
            return message;
        }
    }
}
