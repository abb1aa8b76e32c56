package io.reliablemq.consumer.spi;

/** What became of messages that were to be committed in one transaction. */
public sealed interface CoalescedOutcome {

    /** All effects are committed: acknowledge each message. */
    record Committed() implements CoalescedOutcome {}

    /** Nothing is committed and no failure is counted: each message is handled by itself. */
    record RolledBack(Throwable cause) implements CoalescedOutcome {}

    /** Nothing is committed, and nothing of this listener may be coalesced: its handler left the transaction. */
    record Unfit() implements CoalescedOutcome {}
}
