package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.ListenerDefinition;
import java.util.List;
import java.util.Objects;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

/**
 * A handler that was given as an object.
 *
 * @param argument the message that it takes
 */
record DefinedCall<T>(
        ListenerDefinition.Handler<T> handler, MethodParameter argument, HandlerMethodArgumentResolver arguments)
        implements HandlerCall {

    @Override
    public boolean takesSeveral() {
        return false;
    }

    @Override
    @SuppressWarnings("unchecked") // the resolver converts to what the argument holds
    public void call(List<Message<?>> messages) throws Exception {
        Object message = arguments.resolveArgument(argument, messages.get(0));
        handler.handle((Message<T>) Objects.requireNonNull(message));
    }
}
