package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.ListenerDefinition;
import java.util.List;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.support.MessageMethodArgumentResolver;

/**
 * A handler that was given as an object.
 *
 * @param argument the message that it takes
 */
record DefinedCall<T>(
        ListenerDefinition.Handler<T> handler, MethodParameter argument, MessageMethodArgumentResolver arguments)
        implements HandlerCall {

    @Override
    public boolean takesSeveral() {
        return false;
    }

    @Override
    @SuppressWarnings("unchecked") // the resolver converts to what the argument holds
    public void call(List<Message<?>> messages) throws Exception {
        handler.handle((Message<T>) arguments.resolveArgument(argument, messages.get(0)));
    }
}
