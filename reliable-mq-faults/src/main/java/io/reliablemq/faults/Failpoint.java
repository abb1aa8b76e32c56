package io.reliablemq.faults;

/**
 * A step on a message's way at which a test can make something happen, by the thread that takes the step. A step of a transaction is passed
 * before and after its commit, or, where it is a statement that is committed by itself, before and after that statement.
 */
public enum Failpoint {
    /** The transaction that has written messages to the outbox is about to be committed. */
    BEFORE_OUTBOX_COMMIT,
    AFTER_OUTBOX_COMMIT,

    /** The message is about to be handed to the broker. */
    BEFORE_SEND,
    /** The broker has stored it; nobody knows yet. */
    AFTER_SEND,

    /** Rows of what was sent are about to be removed from the outbox, or moved to the archive. */
    BEFORE_SETTLE,
    AFTER_SETTLE,

    /** Messages that the broker refuses are about to be parked. */
    BEFORE_PARK,
    AFTER_PARK,

    /** Delayed messages whose time has come are about to be moved to the outbox. */
    BEFORE_MOVE,
    AFTER_MOVE,

    /** A delayed message is about to be cancelled. */
    BEFORE_CANCEL,
    AFTER_CANCEL,

    /** The message was received; nothing is done with it yet. Passed once for each message. */
    AFTER_RECEIVE,

    /** The dedup record is inserted, and not committed. */
    AFTER_DEDUP_INSERT,

    /** Dedup record and effect are about to be committed. */
    BEFORE_EFFECT_COMMIT,
    /** They are committed; the broker does not know. */
    AFTER_EFFECT_COMMIT,

    BEFORE_ACKNOWLEDGE,
    /** The broker has taken the acknowledgement; nobody knows yet. */
    AFTER_ACKNOWLEDGE,

    /** The handler has failed, or takes long: the broker is about to be told when the message is to come again. */
    BEFORE_POSTPONE,
    AFTER_POSTPONE,

    /** The dead letter and its dedup record are about to be committed. */
    BEFORE_DEAD_LETTER,
    /** They are committed; the broker does not know. */
    AFTER_DEAD_LETTER
}
