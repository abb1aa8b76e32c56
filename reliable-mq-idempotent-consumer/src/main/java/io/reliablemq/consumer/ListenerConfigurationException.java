package io.reliablemq.consumer;

import org.jspecify.annotations.Nullable;

/** A listener or its transaction is set up so that exactly-once effects cannot be kept; the application must not start. */
public final class ListenerConfigurationException extends RuntimeException {

    /** @param message names the thing, the value seen, and the next action */
    public ListenerConfigurationException(String message) {
        this(message, null);
    }

    /** @param message names the thing, the value seen, and the next action */
    public ListenerConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
