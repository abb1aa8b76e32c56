package io.reliablemq.outbox;

/** What became of a request to cancel a message. */
public enum Cancellation {

    /** No broker has the message and none will get it, if and only if the transaction that cancelled it commits. */
    CANCELLED,

    /**
     * The message has been delivered, may be on its way, or is not known: nothing was changed. Also the answer for one that
     * was cancelled before.
     */
    TOO_LATE
}
