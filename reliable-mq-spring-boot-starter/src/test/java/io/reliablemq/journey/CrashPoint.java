package io.reliablemq.journey;

import java.util.Optional;

/** The arrows of a message's journey: where the process dies. */
enum CrashPoint {
    /** The order and its message are inserted, not committed. */
    BEFORE_ORDER_COMMIT,
    AFTER_ORDER_COMMIT,
    BEFORE_SEND,
    /** The broker has stored the message and said so; the row is still there. */
    AFTER_SEND_OK,
    /** With a retention: the row is in the archive and no longer in the outbox, not committed. */
    BEFORE_SETTLE_COMMIT,
    AFTER_SETTLE_COMMIT,
    /** Received, nothing done. */
    AFTER_RECEIVE,
    /** Dedup record and effect are inserted, not committed. */
    BEFORE_EFFECT_COMMIT,
    /** The effect is committed; the broker does not know. */
    AFTER_EFFECT_COMMIT,
    AFTER_ACK,
    /** The message is moved to the parked ones, not committed. */
    BEFORE_PARK_COMMIT,
    AFTER_PARK_COMMIT,
    /** The dead letter and its dedup record are inserted, not committed. */
    BEFORE_DEAD_LETTER_COMMIT,
    /** The dead letter is committed; the broker does not know. */
    AFTER_DEAD_LETTER_COMMIT,
    /** The delayed message whose time has come is in the outbox and no longer among the delayed ones, not committed. */
    BEFORE_MOVE_COMMIT,
    AFTER_MOVE_COMMIT,
    /** The delayed message is deleted, with the business data that say so; not committed. */
    BEFORE_CANCEL_COMMIT,
    AFTER_CANCEL_COMMIT;

    private static final String PROPERTY = "crash.at";

    boolean isOfAnOrder() {
        return !isOfAParkedMessage() && !isOfADeadLetter() && !isOfAReminder();
    }

    boolean isOfAParkedMessage() {
        return this == BEFORE_PARK_COMMIT || this == AFTER_PARK_COMMIT;
    }

    boolean isOfTheArchive() {
        return this == BEFORE_SETTLE_COMMIT || this == AFTER_SETTLE_COMMIT;
    }

    boolean isOfADeadLetter() {
        return this == BEFORE_DEAD_LETTER_COMMIT || this == AFTER_DEAD_LETTER_COMMIT;
    }

    boolean isOfAReminder() {
        return this == BEFORE_MOVE_COMMIT || this == AFTER_MOVE_COMMIT || isOfACancellation();
    }

    boolean isOfACancellation() {
        return this == BEFORE_CANCEL_COMMIT || this == AFTER_CANCEL_COMMIT;
    }

    /** Dies here, as by kill -9, if this is the point that the JVM was started with. */
    void reached() {
        if (chosen().filter(this::equals).isPresent()) {
            Runtime.getRuntime().halt(137);
        }
    }

    /** The point that this JVM was started with, if any. */
    static Optional<CrashPoint> chosen() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).map(CrashPoint::valueOf);
    }

    String jvmOption() {
        return "-D" + PROPERTY + "=" + name();
    }
}
