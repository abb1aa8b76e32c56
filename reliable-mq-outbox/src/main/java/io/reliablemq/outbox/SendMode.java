package io.reliablemq.outbox;

/** How a message gets to the broker. There may be more ways in a later release: expect one that you do not know. */
public enum SendMode {

    /**
     * Through the outbox: a row of the business transaction, which is sent until the broker has stored it. Survives a crash at any
     * point.
     */
    OUTBOX,

    /**
     * From memory, past the outbox: for logs and the like, where throughput counts and a loss does no harm.
     *
     * <p><b>Guarantee</b>: none that it arrives. It is sent a few times within a time limit; it is <i>lost</i> when the process
     * dies before the broker has answered, when the broker is away for longer, refuses it, or when more waits in memory than
     * {@code reliable-mq.direct.*} allows. Losses of a process that lives are counted and reported. A message that does arrive
     * may come more than once, under the same id.
     *
     * <p><b>Transaction</b>: none is needed, and a read-only one will do. Within one it goes out after the commit, never after
     * a rollback (nor after one to a savepoint); outside of one at once. Has no order: {@code orderedBy} is refused.
     */
    DIRECT,

    /**
     * As the application is configured: {@code reliable-mq.outbox.mode}, which is {@link #OUTBOX} unless somebody says otherwise.
     * Messages with an order or a delay are always {@link #OUTBOX}, and so are all where nothing is configured.
     */
    DEFAULT
}
