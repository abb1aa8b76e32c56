package io.reliablemq.consumer.spi;

import org.jspecify.annotations.Nullable;

/** The transaction that holds the dedup record ended before its commit; nothing may be acknowledged. */
public final class TransactionLostException extends RuntimeException {

    private TransactionLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** @param evidence what showed it */
    public static TransactionLostException of(@Nullable String evidence, @Nullable Throwable cause) {
        return new TransactionLostException(
                "The transaction of the dedup record ended before its commit (" + evidence
                        + "): the handler swallowed a deadlock or an SQL error, or committed or ran DDL on its own. Nothing is"
                        + " acknowledged; let such exceptions reach the container",
                cause);
    }
}
