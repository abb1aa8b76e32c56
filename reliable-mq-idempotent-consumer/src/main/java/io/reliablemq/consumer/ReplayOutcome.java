package io.reliablemq.consumer;

/** What a replay of a dead letter came to. */
public sealed interface ReplayOutcome {

    /** The effect is committed and the letter settled. */
    record Replayed() implements ReplayOutcome {}

    /** Rolled back; the letter stays open with the new error. */
    record Failed(Throwable cause) implements ReplayOutcome {}

    /** There is no open letter of that id: unknown, or already replayed or discarded. */
    record NotOpen(String id) implements ReplayOutcome {}

    /** No listener of this application consumes in the letter's group. */
    record NoListener(String consumerGroup) implements ReplayOutcome {}
}
