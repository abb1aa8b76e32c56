package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.MessageHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.expression.ParseException;
import org.springframework.messaging.converter.CompositeMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.validation.Validator;

/** Makes handlers whose arguments Spring messaging resolves. */
final class HandlerMethods {

    private final CompositeMessageConverter converter;
    private final DefaultMessageHandlerMethodFactory factory;

    HandlerMethods(MessageConverter payloads, @Nullable Validator validator, @Nullable BeanFactory beanFactory) {
        this.converter = new CompositeMessageConverter(List.of(new TextPayloadConverter(), payloads));
        this.factory = new DefaultMessageHandlerMethodFactory();
        factory.setMessageConverter(converter);
        if (validator != null) {
            factory.setValidator(validator);
        }
        if (beanFactory != null) {
            factory.setBeanFactory(beanFactory);
        }
        factory.afterPropertiesSet();
    }

    MessageHandler handler(ListenerMethod method, String key) {
        InvocableHandlerMethod invocable = factory.createInvocableHandlerMethod(method.bean(), method.invocable());
        return new MethodHandler(invocable, key.isEmpty() ? null : expression(method, key));
    }

    private KeyExpression expression(ListenerMethod method, String key) {
        try {
            return new KeyExpression(key, PayloadParameter.of(method.method()), converter);
        } catch (ParseException e) {
            throw new ListenerConfigurationException(
                    "@IdempotentListener on " + method.origin() + ": key \"" + key + "\" is not a valid expression ("
                            + e.getMessage() + "): correct it",
                    e);
        }
    }
}
