package io.reliablemq.journey;

import io.reliablemq.faults.Failpoint;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The arrows of a message's journey: where the process dies. */
enum CrashPoint {
    /** The order and its message are inserted, not committed. */
    BEFORE_ORDER_COMMIT(Part.SENDING, Failpoint.BEFORE_OUTBOX_COMMIT),
    AFTER_ORDER_COMMIT(Part.SENDING, Failpoint.AFTER_OUTBOX_COMMIT),
    BEFORE_SEND(Part.SENDING, Failpoint.BEFORE_SEND),
    /** The broker has stored the message and said so; the row is still there. */
    AFTER_SEND_OK(Part.SENDING, Failpoint.AFTER_SEND),
    /** Without a retention: the row is about to be deleted by a statement of its own. */
    BEFORE_SETTLE(Part.SENDING, Failpoint.BEFORE_SETTLE),
    AFTER_SETTLE(Part.SENDING, Failpoint.AFTER_SETTLE),
    /** With a retention: the row is in the archive and no longer in the outbox, not committed. */
    BEFORE_SETTLE_COMMIT(Part.SENDING, Failpoint.BEFORE_SETTLE),
    AFTER_SETTLE_COMMIT(Part.SENDING, Failpoint.AFTER_SETTLE),
    /** Received, nothing done. */
    AFTER_RECEIVE(Part.RECEIVING, Failpoint.AFTER_RECEIVE),
    /** The dedup record is inserted, the handler has been called and has written nothing. */
    AFTER_DEDUP_INSERT(Part.RECEIVING, Failpoint.AFTER_DEDUP_INSERT),
    /** Dedup record and effect are inserted, not committed. */
    BEFORE_EFFECT_COMMIT(Part.RECEIVING, Failpoint.BEFORE_EFFECT_COMMIT),
    /** The effect is committed; the broker does not know. */
    AFTER_EFFECT_COMMIT(Part.RECEIVING, Failpoint.AFTER_EFFECT_COMMIT),
    BEFORE_ACK(Part.RECEIVING, Failpoint.BEFORE_ACKNOWLEDGE),
    AFTER_ACK(Part.RECEIVING, Failpoint.AFTER_ACKNOWLEDGE),
    /** The handler has failed; the broker does not know when the message is to come again. */
    BEFORE_POSTPONE(Part.RECEIVING, Failpoint.BEFORE_POSTPONE),
    AFTER_POSTPONE(Part.RECEIVING, Failpoint.AFTER_POSTPONE),
    /** The message is moved to the parked ones, not committed. */
    BEFORE_PARK_COMMIT(Part.WAITING, Failpoint.BEFORE_PARK),
    AFTER_PARK_COMMIT(Part.WAITING, Failpoint.AFTER_PARK),
    /** The dead letter and its dedup record are inserted, not committed. */
    BEFORE_DEAD_LETTER_COMMIT(Part.RECEIVING, Failpoint.BEFORE_DEAD_LETTER),
    /** The dead letter is committed; the broker does not know. */
    AFTER_DEAD_LETTER_COMMIT(Part.RECEIVING, Failpoint.AFTER_DEAD_LETTER),
    /** The delayed message whose time has come is in the outbox and no longer among the delayed ones, not committed. */
    BEFORE_MOVE_COMMIT(Part.WAITING, Failpoint.BEFORE_MOVE),
    AFTER_MOVE_COMMIT(Part.WAITING, Failpoint.AFTER_MOVE),
    /** The delayed message is deleted, with the business data that say so; not committed. */
    BEFORE_CANCEL_COMMIT(Part.WAITING, Failpoint.BEFORE_CANCEL),
    AFTER_CANCEL_COMMIT(Part.WAITING, Failpoint.AFTER_CANCEL);

    /** Of the journey, each the subject of one test class. */
    enum Part {
        /** From the order to the settled row. */
        SENDING,
        /** Parked and delayed messages, which wait in tables of their own. */
        WAITING,
        /** From the broker to the acknowledged effect, or to the dead letter. */
        RECEIVING
    }

    private static final String PROPERTY = "crash.at";
    private static final String FIRST = "crash.first";
    private static final String RUN = "crash.run";
    private static final String UNSETTLED = "crash.unsettled";

    static final String JVM_OPTION_UNSETTLED = "-D" + UNSETTLED + "=true";

    private final Part part;
    private final Failpoint failpoint;

    CrashPoint(Part part, Failpoint failpoint) {
        this.part = part;
        this.failpoint = failpoint;
    }

    Part part() {
        return part;
    }

    boolean isOfAnOrder() {
        return !isOfAParkedMessage() && !isOfPoison() && !isOfAReminder();
    }

    boolean isOfAParkedMessage() {
        return this == BEFORE_PARK_COMMIT || this == AFTER_PARK_COMMIT;
    }

    boolean isOfTheArchive() {
        return this == BEFORE_SETTLE_COMMIT || this == AFTER_SETTLE_COMMIT;
    }

    /** Of a message whose handler always fails, which ends as a dead letter. */
    boolean isOfPoison() {
        return this == BEFORE_POSTPONE
                || this == AFTER_POSTPONE
                || this == BEFORE_DEAD_LETTER_COMMIT
                || this == AFTER_DEAD_LETTER_COMMIT;
    }

    boolean isOfAReminder() {
        return this == BEFORE_MOVE_COMMIT || this == AFTER_MOVE_COMMIT || isOfACancellation();
    }

    boolean isOfACancellation() {
        return this == BEFORE_CANCEL_COMMIT || this == AFTER_CANCEL_COMMIT;
    }

    /** The point that this JVM was started with, if any. */
    static Optional<CrashPoint> chosen() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).map(CrashPoint::valueOf);
    }

    /** Where the application died before this one, which places nothing itself and only goes on. */
    static Optional<CrashPoint> first() {
        return Optional.ofNullable(System.getProperty(FIRST)).map(CrashPoint::valueOf);
    }

    /** Whether what dies there can, started again, get to this point. */
    boolean mayFollow(CrashPoint first) {
        if (first == BEFORE_ORDER_COMMIT || this == BEFORE_ORDER_COMMIT || this == AFTER_ORDER_COMMIT) {
            return false;
        }
        if (first.isOfAParkedMessage()) {
            return isOfAParkedMessage() || this == BEFORE_SEND;
        }
        if (first.isOfPoison()) {
            return isOfPoison() || this == AFTER_RECEIVE;
        }
        if (first.isOfAReminder()) {
            return this == BEFORE_MOVE_COMMIT
                    || this == AFTER_MOVE_COMMIT
                    || this == BEFORE_SEND
                    || this == AFTER_SEND_OK;
        }
        return isOfAnOrder();
    }

    /** Whether nothing would be left for this second death if what was sent had been settled by the first one, as it mostly has. */
    boolean needsUnsettled(CrashPoint first) {
        return first.part == Part.RECEIVING && first.isOfAnOrder() && (part == Part.SENDING || first == AFTER_ACK);
    }

    /** Whether this JVM is to settle nothing before it dies. */
    static boolean isToLeaveUnsettled() {
        return Boolean.getBoolean(UNSETTLED);
    }

    /** A name that no other run on the same data has. */
    static String run() {
        return Objects.requireNonNull(System.getProperty(RUN), RUN);
    }

    static String jvmOptionOfTheRun(String name) {
        return "-D" + RUN + "=" + name;
    }

    String jvmOptionOfTheFirst() {
        return "-D" + FIRST + "=" + name();
    }

    /** Of a run that dies here: by its own message, where the broker is asked. Others may come again meanwhile. */
    List<String> jvmOptions(String run) {
        return List.of(
                "-D" + PROPERTY + "=" + name(),
                "-Dreliable-mq.failpoints.enabled=true",
                "-Dreliable-mq.failpoints.halt-at=" + failpoint,
                "-Dreliable-mq.failpoints.containing=\"" + run + "\"");
    }
}
