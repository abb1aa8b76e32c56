package io.reliablemq.consumer;

/**
 * Told when a message has become a dead letter, to alert somebody. A bean of this type, or a {@link DeadLetterListener} method.
 *
 * <p><b>Guarantee</b>: best effort, at most once for each letter, after its commit: not called when the process dies in between, and
 * what it throws is logged and changes nothing. What must not be missed is found by {@link DeadLetters#list}, or takes a
 * mirror topic ({@code reliable-mq.listener.dead-letters.mirror-topic}), which is written in the letter's transaction.
 * <b>Transaction</b>: none. <b>Thread</b>: the listener's worker, by many at once; the message is acknowledged when it returns, so a slow one
 * slows the listener.
 */
@FunctionalInterface
public interface DeadLetterHandler {

    /** Its payload is at {@link DeadLetters#payload}. */
    void handle(DeadLetter letter);
}
