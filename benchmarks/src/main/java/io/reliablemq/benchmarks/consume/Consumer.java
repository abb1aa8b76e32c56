package io.reliablemq.benchmarks.consume;

import io.reliablemq.consumer.spi.MessageReceiverFactory;

/** Takes messages and applies their effects, until it is closed. */
public interface Consumer {

    /** As it is named in the results. */
    String subject();

    /** What differs from another one of the same subject, else empty. */
    String variant();

    /** @param threads handlers that work at once */
    Running start(MessageReceiverFactory source, String topic, String group, int threads);

    /** Consumes. */
    interface Running extends AutoCloseable {

        /** Ends when what was taken is done with. */
        @Override
        void close();
    }
}
