package io.reliablemq.consumer;

import java.util.List;
import java.util.Optional;

/**
 * The messages that were taken out of the flow, and the ways back.
 *
 * <p><b>Guarantee</b>: a letter's effect is applied at most once, however often and wherever it is replayed, and a redelivery of
 * its message finds the letter's dedup record. <b>Transaction</b>: every method makes its own, suspending the caller's.
 * <b>Thread</b>: any; a replay runs the handler on the calling thread. <b>Errors</b>: an unreachable database throws.
 */
public interface DeadLetters {

    /** The open letters of a consumer group, oldest first, at most that many. */
    List<DeadLetter> list(String consumerGroup, int limit);

    /** One letter, whatever its state. */
    Optional<DeadLetter> find(String id);

    /** How many letters of a consumer group wait for a decision. */
    long count(String consumerGroup);

    /** Runs the group's handler again; the letter is settled in the transaction of the effect, or stays open. */
    ReplayOutcome replay(String id);

    /** Gives the message up for good: it stays known to the dedup, and is never handled. Answers whether the letter was open. */
    boolean discard(String id);
}
