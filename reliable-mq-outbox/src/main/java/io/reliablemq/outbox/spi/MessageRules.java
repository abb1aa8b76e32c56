package io.reliablemq.outbox.spi;

import io.reliablemq.outbox.MessageRejectedException;

/**
 * The port to a broker's limits: what it would refuse for ever is refused inside the business transaction. Implemented by
 * broker adapters; contacts no broker.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public interface MessageRules {

    /** @throws MessageRejectedException naming the field, the value seen, the limit and the next action */
    void check(OutgoingMessage message);
}
