package io.reliablemq.outbox.spi;

/**
 * Told what the relay does, for meters and logs. Called on the relay's threads: must not block and must not throw.
 *
 * <p>Every method does nothing by default.
 */
public interface RelayObserver {

    RelayObserver NONE = new RelayObserver() {};

    /** @param nanos from the hand-over to the client to its answer */
    default void stored(OutgoingMessage message, long nanos) {}

    default void unknown(OutgoingMessage message, String detail) {}

    default void parked(String topic, int messages, String reason) {}

    default void settled(int rows) {}

    default void outageBegan(String topic, String detail) {}

    default void outageEnded(String topic, long nanos) {}

    /** @param lanes how many this process owns now */
    default void lanesChanged(int lanes) {}

    /** The process has stopped sending because it may have lost its lanes. */
    default void fenced(String reason) {}
}
