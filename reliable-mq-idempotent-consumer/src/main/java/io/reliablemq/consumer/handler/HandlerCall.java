package io.reliablemq.consumer.handler;

import java.util.List;
import org.springframework.messaging.Message;

/** One call of a handler. */
interface HandlerCall {

    /** Whether it takes several messages at once; else it is given one. */
    boolean takesSeveral();

    /** Throws what the handler throws. */
    void call(List<Message<?>> messages) throws Exception;
}
