package io.reliablemq.consumer;

/** What becomes of a message without a dedup key: without the producer's message id, and without a value of the listener's key. */
public enum MissingKey {
    /** It becomes a dead letter, so that the others go on. */
    QUARANTINE,
    /**
     * It is handed back, again and again after the longest pause between attempts, and stays with the broker until a listener
     * can tell its key, or the broker gives it up. Nothing is counted or kept here. In an ordered listener it holds its queue.
     */
    REJECT
}
