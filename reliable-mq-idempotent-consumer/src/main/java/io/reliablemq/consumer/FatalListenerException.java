package io.reliablemq.consumer;

import org.jspecify.annotations.Nullable;

/** Thrown by a handler for a message that no retry cures: it is rolled back and becomes a dead letter at once. */
public class FatalListenerException extends RuntimeException {

    public FatalListenerException(String message) {
        super(message);
    }

    public FatalListenerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
