package io.reliablemq.outbox;

import org.jspecify.annotations.Nullable;

/** What this library throws at business code. The message names the thing, the value seen and the next action. */
public abstract class OutboxException extends RuntimeException {

    protected OutboxException(String message) {
        super(message);
    }

    protected OutboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
