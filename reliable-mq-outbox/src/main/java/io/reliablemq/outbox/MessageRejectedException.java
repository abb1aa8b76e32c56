package io.reliablemq.outbox;

/** The broker would refuse this message for ever, so it is refused before it is written. Nothing was written. */
public final class MessageRejectedException extends OutboxException {

    public MessageRejectedException(String message) {
        super(message);
    }

    public MessageRejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
