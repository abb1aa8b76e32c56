package io.reliablemq.consumer.handler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;

/**
 * A method that takes a list of payloads, or of messages.
 *
 * @param element what the list holds
 * @param elements makes one of a message
 */
record BatchCall(InvocableHandlerMethod method, MethodParameter element, HandlerMethodArgumentResolver elements)
        implements HandlerCall {

    @Override
    public boolean takesSeveral() {
        return true;
    }

    @Override
    public void call(List<Message<?>> messages) throws Exception {
        List<@Nullable Object> list = new ArrayList<>(messages.size());
        for (Message<?> message : messages) {
            list.add(elements.resolveArgument(element, message));
        }
        method.invoke(messages.get(0), list);
    }
}
