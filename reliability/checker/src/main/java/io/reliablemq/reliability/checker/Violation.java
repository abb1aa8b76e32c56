package io.reliablemq.reliability.checker;

import java.util.List;

/**
 * One thing that must not happen and did.
 *
 * @param id of the message, or the name of a process
 * @param at when, milliseconds since the epoch: of the effect, or of the business row where there is none
 * @param detail in words
 * @param faults which were on meanwhile, in words
 */
public record Violation(Kind kind, String id, String key, long seq, long at, String detail, List<String> faults) {

    /** What went wrong. */
    public enum Kind {
        /** A committed transaction whose effect is missing, and nothing in the tables says where it is. */
        LOST,
        /** Something is still in the outbox, parked or a dead letter when all should be done. */
        STUCK,
        /** More than one effect of one message in one listener. */
        DUPLICATED,
        /** An effect of a transaction that was never committed. */
        PHANTOM,
        /** An effect that differs from what was committed. */
        ALTERED,
        /** In one listener and key, an effect after that of a later transaction. */
        INVERTED,
        /** An effect at a time at which its listener could not see the business row. */
        BEFORE_COMMIT,
        /** A message that waited for longer than the bound while no fault was on. */
        LATE,
        /** A transaction that failed, or none that was committed, though no fault was on and none had been for a while. */
        FAILED,
        /** A listener of one process that does nothing, though nothing was broken and others got what there was to do. */
        IDLE,
        /** A process that did not end when it was asked to, though nothing that it needs was broken. */
        NOT_ENDED,
        /** A process that did not start, though nothing that it needs was broken. */
        NOT_STARTED,
        /**
         * The history contradicts the ground truth: a commit was reported and the row is not there, or a roll-back and it is. The
         * database or the harness has to be doubted first.
         */
        UNTRUE
    }

    /** One line. */
    public String text() {
        return "%s %s key=%s seq=%d at=%d: %s%s"
                .formatted(
                        kind, id, key, seq, at, detail, faults.isEmpty() ? " (no fault was on)" : " during " + faults);
    }
}
