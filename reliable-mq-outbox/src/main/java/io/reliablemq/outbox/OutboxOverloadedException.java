package io.reliablemq.outbox;

/**
 * More waits than the limits allow, in the outbox or, for {@link SendMode#DIRECT}, in memory; so nothing was sent. The message names
 * backlog, limit and next action. The same send succeeds when relay or broker have caught up.
 */
public final class OutboxOverloadedException extends OutboxException {

    public OutboxOverloadedException(String message) {
        super(message);
    }
}
