package io.reliablemq.consumer.spi;

/**
 * A connection that the transactions of one thread use one after another, instead of taking one from the pool and setting it up each.
 * <b>Thread</b>: one, which has no transaction when it calls.
 */
public interface KeptConnection {

    /**
     * The next transaction of this thread will use it. What was left open on it, by a callback after a commit, is committed, as it is
     * when a transaction manager gives a connection back.
     *
     * @throws org.springframework.transaction.TransactionException when there is none to be had
     */
    void ready();

    /** Whether others wait for a connection of the pool. */
    boolean isWanted();

    /** After a transaction that did not end well: what is left open is rolled back, the next transaction gets another one. */
    void discard();

    /** Gives it back to the pool; the next transaction takes another one. */
    void giveBack();
}
