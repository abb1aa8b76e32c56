package io.reliablemq.outbox;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Sends messages as part of the business transaction.
 *
 * <p>What follows is about messages of {@link SendMode#OUTBOX}, the default unless configured otherwise. {@link SendMode#DIRECT} promises less and asks for less.
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
 * {@link MessageRejectedException}, before anything is written. Where a backlog is to be refused, {@code send} fails with an
 * {@link OutboxOverloadedException} while there is one; it never waits. The broker itself is never contacted: it may be away.
 * A direct message outside of a transaction fails with an {@link OutboxOverloadedException} when there is no room for it in memory;
 * after a commit it is too late for an exception, and it is counted as lost.
 */
public interface Outbox {

    /**
     * Buffers one message until just before the commit.
     *
     * @return the message id: a UUIDv7, carried on every delivery of this message
     */
    UUID send(OutboxMessage message);

    /**
     * Buffers one message that needs nothing but a payload.
     *
     * @param destination {@code topic} or {@code topic:tag}
     * @return the message id, as above
     */
    default UUID send(String destination, Object payload) {
        return send(OutboxMessage.to(destination).payload(payload));
    }

    /**
     * Buffers several messages, all or none, in iteration order. An empty collection asks for the transaction
     * all the same; one of direct messages only does not.
     *
     * @return the message ids in the same order
     */
    List<UUID> sendAll(Collection<OutboxMessage> messages);

    /**
     * Takes a message back, where it is certain that no broker has it: one sent by this very transaction, one whose delay
     * ends later than the hand-over time from now, or a parked one that was refused by its only attempt. Everything else is
     * {@link Cancellation#TOO_LATE}, because a relay may have it in flight; so is every direct message that another
     * transaction, or none, has sent.
     *
     * <p><b>Transaction</b>: like {@code send}, and the cancellation counts if and only if it commits; a rollback, also one
     * to a savepoint, brings the message back. Until then the row is locked: a relay passes it over. At REPEATABLE READ or
     * higher a message that is handed over at the same moment can fail the transaction with a
     * {@code ConcurrencyFailureException} instead: run it again.
     */
    Cancellation cancel(UUID messageId);
}
