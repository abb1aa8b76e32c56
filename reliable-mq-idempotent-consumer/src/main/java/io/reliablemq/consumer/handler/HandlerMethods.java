package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.spi.MessageHandler;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.expression.ParseException;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.CompositeMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.messaging.handler.annotation.support.MessageMethodArgumentResolver;
import org.springframework.messaging.handler.annotation.support.PayloadMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.util.ClassUtils;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.ValidationAnnotationUtils;

/** Makes handlers whose arguments Spring messaging resolves. */
final class HandlerMethods {

    private static final Method HANDLE =
            ClassUtils.getMethod(ListenerDefinition.Handler.class, "handle", Message.class);

    private final CompositeMessageConverter converter;
    private final DefaultMessageHandlerMethodFactory factory;
    private final @Nullable Validator validator;

    HandlerMethods(MessageConverter payloads, @Nullable Validator validator, @Nullable BeanFactory beanFactory) {
        this.converter = new CompositeMessageConverter(List.of(new TextPayloadConverter(), payloads));
        this.validator = validator;
        this.factory = new NamingFactory();
        factory.setMessageConverter(converter);
        if (validator != null) {
            factory.setValidator(validator);
        }
        if (beanFactory != null) {
            factory.setBeanFactory(beanFactory);
        }
        factory.afterPropertiesSet();
    }

    /** A handler that is called for one message. */
    MessageHandler single(ListenerMethod method, String key) {
        MethodParameter payload = PayloadParameter.of(method.method(), method.type());
        method.refuse(
                payload != null && isListOfMessages(payload),
                "takes a list of messages: set batch, or take one Message");
        refuseToIgnoreValidation(method, payload);
        return new MethodHandler(new SingleCall(invocable(method)), expression(method.toString(), key, payload));
    }

    /** A handler that is called once for the messages of a transaction. */
    MessageHandler batch(ListenerMethod method, String key) {
        boolean list =
                method.method().getParameterCount() == 1 && method.method().getParameterTypes()[0] == List.class;
        method.refuse(
                !list,
                "has a batch, but does not take one List: let it take a List of payloads or of Message (for their"
                        + " headers) and nothing else, or remove batch");
        MethodParameter parameter = new MethodParameter(method.method(), 0).withContainingClass(method.type());
        MethodParameter element = PayloadParameter.contentOf(parameter, List.class);
        boolean messages = Message.class.isAssignableFrom(element.getParameterType());
        MethodParameter payload = messages ? PayloadParameter.contentOf(element, Message.class) : element;
        refuseToIgnoreValidation(method, payload);
        HandlerMethodArgumentResolver elements = new NamedArguments(
                messages
                        ? new MessageMethodArgumentResolver(converter)
                        : new PayloadMethodArgumentResolver(converter, validator));
        return new MethodHandler(
                new BatchCall(invocable(method), element, elements), expression(method.toString(), key, payload));
    }

    /** A handler that is no method. */
    <T> MessageHandler defined(ListenerDefinition<T> definition) {
        ResolvableType message =
                ResolvableType.forClassWithGenerics(Message.class, ResolvableType.forType(definition.payload()));
        MethodParameter argument = new ContentParameter(new MethodParameter(HANDLE, 0), message);
        HandlerCall call = new DefinedCall<>(
                definition.handler(), argument, new NamedArguments(new MessageMethodArgumentResolver(converter)));
        String key = definition.key() == null ? "" : definition.key();
        return new MethodHandler(call, expression(definition.toString(), key, argument.nested()));
    }

    private InvocableHandlerMethod invocable(ListenerMethod method) {
        return factory.createInvocableHandlerMethod(method.bean(), method.invocable());
    }

    private static boolean isListOfMessages(MethodParameter payload) {
        return List.class.isAssignableFrom(payload.getParameterType())
                && Message.class.isAssignableFrom(
                        PayloadParameter.contentOf(payload, List.class).getParameterType());
    }

    private void refuseToIgnoreValidation(ListenerMethod method, @Nullable MethodParameter payload) {
        if (payload == null) {
            return;
        }
        for (Annotation annotation : payload.getParameterAnnotations()) {
            method.refuse(
                    validator == null && ValidationAnnotationUtils.determineValidationHints(annotation) != null,
                    "wants its payload validated, and there is no Validator bean: add spring-boot-starter-validation,"
                            + " declare a jakarta.validation.Validator, or remove the annotation");
        }
    }

    private @Nullable KeyExpression expression(String listener, String key, @Nullable MethodParameter payload) {
        if (key.isEmpty()) {
            return null;
        }
        try {
            return new KeyExpression(key, payload, converter);
        } catch (ParseException e) {
            throw new ListenerConfigurationException(
                    listener + ": key \"" + key + "\" is not a valid expression (" + e.getMessage() + "): correct it",
                    e);
        }
    }

    private static final class NamingFactory extends DefaultMessageHandlerMethodFactory {

        @Override
        protected List<HandlerMethodArgumentResolver> initArgumentResolvers() {
            return super.initArgumentResolvers().stream()
                    .<HandlerMethodArgumentResolver>map(NamedArguments::new)
                    .toList();
        }
    }
}
