package io.reliablemq.broker.embedded;

import org.jspecify.annotations.Nullable;

/** The embedded broker could not do what it was asked; the message names the thing, the value seen and what to do. */
public final class EmbeddedBrokerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EmbeddedBrokerException(String message) {
        super(message);
    }

    EmbeddedBrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
