package io.reliablemq.consumer.spi;

import org.jspecify.annotations.Nullable;

/** The transaction that holds the dedup record ended before its commit; nothing may be acknowledged. */
public final class TransactionLostException extends RuntimeException {

    public TransactionLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
