package io.reliablemq.consumer;

/** Why a message became a dead letter. Same names in the table, metrics and docs. */
public enum DeadLetterReason {
    /** The handler failed as often as the listener allows. */
    EXHAUSTED(false),
    /** The handler, or the conversion of the payload, failed in a way that no retry cures. */
    FATAL(false),
    /** No message id, and the listener has no {@code key}. */
    MISSING_KEY(true),
    /** The key is too long to be stored byte by byte, or its expression failed. */
    INVALID_KEY(true),
    /** The key was used before by a message with another id and another content. */
    CONFLICT(true),
    /** Older than the dedup window: nobody knows any more whether it was handled before. */
    TOO_OLD(true),
    /** Stamped further in the future than clocks may differ. */
    IN_FUTURE(true),
    /** The broker had given it up and moved it to the group's own dead-letter topic, from which it was drained. */
    BROKER_DLQ(false);

    private final boolean quarantine;

    DeadLetterReason(boolean quarantine) {
        this.quarantine = quarantine;
    }

    /** Whether the message was set aside before its handler was called. */
    public boolean isQuarantine() {
        return quarantine;
    }
}
