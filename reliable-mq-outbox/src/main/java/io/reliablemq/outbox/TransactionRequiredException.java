package io.reliablemq.outbox;

/** A message was sent outside of a transaction that could make it exist. Nothing was written. */
public final class TransactionRequiredException extends OutboxException {

    public TransactionRequiredException(String message) {
        super(message);
    }
}
