package io.reliablemq.consumer.spi;

/** State of a dedup record. Same names in the table and docs. */
public enum InboxState {
    /** The effect is committed. */
    DONE,
    /** A dead letter holds the message; never purged. */
    DEAD,
    /** An operator gave the dead letter up. */
    DISCARDED
}
