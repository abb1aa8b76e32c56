package io.reliablemq.consumer.handler;

import java.util.List;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;

/** A method that takes one message, in any of Spring messaging's ways. */
record SingleCall(InvocableHandlerMethod method) implements HandlerCall {

    @Override
    public boolean takesSeveral() {
        return false;
    }

    @Override
    public void call(List<Message<?>> messages) throws Exception {
        method.invoke(messages.get(0));
    }
}
