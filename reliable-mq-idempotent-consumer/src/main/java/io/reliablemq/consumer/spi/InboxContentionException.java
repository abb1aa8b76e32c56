package io.reliablemq.consumer.spi;

import org.jspecify.annotations.Nullable;

/** Another transaction is in the way (same key in hand, deadlock): come back shortly, nothing failed. */
public final class InboxContentionException extends RuntimeException {

    public InboxContentionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
