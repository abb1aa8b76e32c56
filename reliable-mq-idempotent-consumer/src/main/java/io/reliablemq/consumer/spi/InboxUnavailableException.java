package io.reliablemq.consumer.spi;

import org.jspecify.annotations.Nullable;

/** The inbox's database cannot be used (away, tables missing, pool exhausted): no message is at fault. */
public final class InboxUnavailableException extends RuntimeException {

    public InboxUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
