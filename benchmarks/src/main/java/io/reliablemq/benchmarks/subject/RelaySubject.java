package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.load.Deliveries;

/** An outbox with its table and its relay. One at a time uses a database; not safe for use by several threads. */
public interface RelaySubject {

    /** As it is named in the results. */
    String name();

    /** What is unusual about its settings, as it is named in the results; empty for nothing. */
    default String settings() {
        return "";
    }

    /** Whether it promises order per key. */
    boolean ordersKeys();

    /** The table that holds what was not sent yet. */
    String table();

    /**
     * Leaves exactly messages 0 to rows - 1 in the table, written the way the outbox writes them.
     *
     * @param ordered whether they have ordering keys
     */
    void fill(int rows, boolean ordered);

    /** Starts the relay on what is in the table. */
    Drain start(Deliveries deliveries, int rows, boolean ordered);

    /** A running relay. */
    interface Drain extends AutoCloseable {

        /** Returns when the last row is deleted. */
        void awaitEmpty() throws InterruptedException;

        @Override
        void close();
    }
}
