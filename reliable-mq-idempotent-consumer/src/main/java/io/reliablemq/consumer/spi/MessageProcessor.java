package io.reliablemq.consumer.spi;

import java.time.Duration;
import java.util.List;

/**
 * Handles messages, each in one transaction or several together. <b>Thread</b>: by many at once, each without a transaction of its own.
 */
public interface MessageProcessor {

    /**
     * Never throws for a reason that lies in the message, the handler or the database: those are outcomes.
     *
     * @param stop by which it is known that a handler was interrupted, and has not failed
     */
    ProcessingOutcome process(ListenerEndpoint endpoint, ReceivedMessage message, StopSignal stop);

    /** The same by a thread that no container interrupts. */
    default ProcessingOutcome process(ListenerEndpoint endpoint, ReceivedMessage message) {
        return process(endpoint, message, StopSignal.NONE);
    }

    /**
     * Handles several messages of one listener in one transaction, in their order: all of them or none. What is not new, or not
     * fit to be handled, is left to {@link #process} together with the rest. Never throws for a reason that lies in a message,
     * the handler or the database.
     */
    CoalescedOutcome processTogether(ListenerEndpoint endpoint, List<ReceivedMessage> messages, StopSignal stop);

    /** The same by a thread that no container interrupts. */
    default CoalescedOutcome processTogether(ListenerEndpoint endpoint, List<ReceivedMessage> messages) {
        return processTogether(endpoint, messages, StopSignal.NONE);
    }

    /** Begins the turn of this thread. */
    default Turn turn() {
        return Turn.ONE;
    }

    /** For a thread that is about to wait for something else in its turn: what it keeps is given back, and taken again when needed. */
    default void rest() {}

    /**
     * While it lasts, one thread handles messages one after another, and what they share is kept. Ended by the same thread, without a
     * transaction.
     */
    interface Turn extends AutoCloseable {

        /** For one task, with nothing to share. */
        Turn ONE = () -> {};

        /** Whether there is time for more. */
        default boolean goesOn() {
            return false;
        }

        @Override
        void close();
    }

    /**
     * Checks that the transaction manager and the inbox belong together.
     *
     * @throws io.reliablemq.consumer.ListenerConfigurationException when they do not
     * @throws InboxUnavailableException when the database cannot be used right now
     * @throws InboxContentionException when it did not answer because another transaction was in the way
     */
    void verify();

    /** Deletes what is older than the listener's dedup window, in small batches; answers how many rows. */
    int purge(String group, Duration dedupWindow);
}
