package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.write.Writer;

/** An outbox whose relay is running. */
public interface Sending extends AutoCloseable {

    /** Writes messages, and records when each was committed and when it arrived. */
    Writer writer();

    @Override
    void close();

    /** Starts the outbox; returns when its relay takes everything that is committed from now on. */
    @FunctionalInterface
    interface Start {

        /** @param latencies where the times of the messages go */
        Sending recordingTo(Latencies latencies);
    }
}
