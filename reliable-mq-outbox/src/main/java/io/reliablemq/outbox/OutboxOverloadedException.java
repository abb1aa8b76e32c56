package io.reliablemq.outbox;

/**
 * More waits in the outbox than the admission limits allow, so nothing was sent. The message names backlog, limit and next
 * action. The same send succeeds when the relay has caught up.
 */
public final class OutboxOverloadedException extends OutboxException {

    public OutboxOverloadedException(String message) {
        super(message);
    }
}
