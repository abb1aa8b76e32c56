package io.reliablemq.consumer.spi;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;

/** Told about dead letters: a mirror, hooks, an audit. <b>Thread</b>: the listener's worker or the operator's, by many at once. */
public interface DeadLetterObserver {

    /** Observes nothing. */
    DeadLetterObserver NONE = new DeadLetterObserver() {};

    /**
     * In the letter's transaction, so what it writes there exists if and only if the letter does. What it throws rolls the letter back,
     * and the message comes again.
     */
    default void writing(StoredLetter letter) {}

    /** After the commit, at most once. What it throws is logged. */
    default void written(DeadLetter letter) {}

    /** After the commit of an operator's call. What it throws is logged. */
    default void done(Deed deed) {}
}
