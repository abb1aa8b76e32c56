package io.reliablemq.consumer.spi;

import org.jspecify.annotations.Nullable;

/** The broker is away or does not serve the subscription yet. Not an error of the application: it waits and tries again. */
public final class ReceiverUnavailableException extends RuntimeException {

    public ReceiverUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
