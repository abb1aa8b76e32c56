package io.reliablemq.outbox;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Sends messages as part of the business transaction.
 *
 * <p><b>Guarantee</b>: a message exists if and only if the transaction that was current at {@code send} commits. It is
 * then delivered at least once, under the id returned here, until the broker has confirmed that it is stored.
 *
 * <p><b>Transaction</b>: needs one that is bound to the outbox's {@code DataSource}, with autocommit off and not
 * read-only. Anything else is refused with a {@link TransactionRequiredException} and nothing is written.
 *
 * <p><b>Thread</b>: safe for use by any thread; a message belongs to the transaction of the calling thread.
 *
 * <p><b>Errors</b>: what the broker would refuse (size, names, limits) is refused here with a
 * {@link MessageRejectedException}, before anything is written. The broker itself is never contacted: it may be away.
 */
public interface Outbox {

    /**
     * Buffers one message until just before the commit.
     *
     * @return the message id: a UUIDv7, carried on every delivery of this message
     */
    UUID send(OutboxMessage message);

    /**
     * Buffers several messages, all or none, in iteration order. An empty collection asks for the transaction
     * all the same.
     *
     * @return the message ids in the same order
     */
    List<UUID> sendAll(Collection<OutboxMessage> messages);
}
