package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.load.Deliveries;
import java.util.function.IntConsumer;

/** An outbox of which several processes relay at once. */
public interface NodeSubject {

    /**
     * Starts this process's relay.
     *
     * @param deleted told how many rows it has deleted, each time, by a thread of the relay
     */
    Running run(Deliveries deliveries, IntConsumer deleted, boolean ordered);

    /** A relay that runs until it is closed. */
    interface Running extends AutoCloseable {
        @Override
        void close();
    }
}
