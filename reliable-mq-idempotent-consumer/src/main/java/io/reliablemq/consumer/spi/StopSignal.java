package io.reliablemq.consumer.spi;

/**
 * Tells an interrupt by the container, which stops, from one that a handler has met, or left behind, by itself. <b>Thread</b>: any.
 */
@FunctionalInterface
public interface StopSignal {

    /** For a thread that no container interrupts. */
    StopSignal NONE = () -> false;

    /** Whether the container has begun to interrupt: true before the first thread is. */
    boolean isGiven();

    /** Takes an interrupt from this thread that is not the container's: it would hit the commit, or the next message. */
    default void dropOtherInterrupts() {
        // in this order: what is not there yet when we look comes after the signal, and stays
        if (Thread.interrupted() && isGiven()) {
            Thread.currentThread().interrupt();
        }
    }
}
