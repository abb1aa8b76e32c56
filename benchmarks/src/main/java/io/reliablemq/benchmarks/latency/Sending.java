package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.write.Writer;

/** An outbox whose relay is running. */
public interface Sending extends AutoCloseable {

    /** Writes and, once committed, times its messages. */
    Writer writer();

    /** Where the times of the messages go from now on. Call it while nothing is under way. */
    void record(Latencies latencies);

    @Override
    void close();
}
