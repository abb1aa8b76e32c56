package io.reliablemq.consumer;

/** What a replay of a dead letter came to. */
public sealed interface ReplayOutcome {

    /** The effect is committed and the letter settled; in a dry run: it would be tried. */
    record Replayed() implements ReplayOutcome {}

    /** Rolled back; the letter stays open with the new error. */
    record Failed(Throwable cause) implements ReplayOutcome {}

    /** There is no open letter of that id: unknown, already replayed or discarded, or in somebody else's hands right now. */
    record NotOpen(String id) implements ReplayOutcome {}

    /**
     * The letter has an ordering key and its listener is ordered: later messages of the key have been handled by now, or are
     * being handled. Only done with {@link DeadLetters.Action#asOutOfOrder()}.
     */
    record OutOfOrder(String orderingKey) implements ReplayOutcome {}

    /** No listener of this application consumes in the letter's group. */
    record NoListener(String consumerGroup) implements ReplayOutcome {}
}
