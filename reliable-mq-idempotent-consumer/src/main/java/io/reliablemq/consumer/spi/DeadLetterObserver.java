package io.reliablemq.consumer.spi;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Operation;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;

/** Told about dead letters: a mirror, hooks, an audit. <b>Thread</b>: the listener's worker or the operator's, by many at once. */
public interface DeadLetterObserver {

    /** Observes nothing. */
    DeadLetterObserver NONE = new DeadLetterObserver() {};

    /** How a call of an operator ended. */
    enum Ending {
        /** Letters were changed. */
        DONE,
        /** None was open, or free to be changed. */
        NOTHING,
        /** With an exception, or a replay whose handler has failed. */
        FAILED
    }

    /** Before a listener is added. What it throws keeps it from being added. */
    default void adding(ListenerEndpoint listener) {}

    /**
     * In the letter's transaction, so what it writes there exists if and only if the letter does. What it throws rolls the letter back,
     * and the message comes again.
     */
    default void writing(ListenerEndpoint listener, StoredLetter letter) {}

    /** After the commit, at most once. What it throws is logged. */
    default void written(DeadLetter letter) {}

    /** After the commit of what an operator does to a letter. What it throws is logged. */
    default void done(Deed deed) {}

    /**
     * A call of an operator has ended that was no dry run. What it throws is logged.
     *
     * @param letters that it has changed
     */
    default void ended(Operation operation, Ending ending, long letters) {}
}
