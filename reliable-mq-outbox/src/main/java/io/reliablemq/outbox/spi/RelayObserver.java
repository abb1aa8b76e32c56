package io.reliablemq.outbox.spi;

import java.util.List;

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

    /** The broker has too much to do; the message is sent again after a pause. */
    default void busy(OutgoingMessage message, String detail) {}

    default void parked(String topic, int messages, String reason) {}

    default void settled(int rows) {}

    /** Delayed messages whose hand-over time has come are in the outbox now. */
    default void moved(int messages) {}

    /** Archived messages whose retention was over are deleted. */
    default void purged(int messages) {}

    default void outageBegan(String topic, String detail) {}

    default void outageEnded(String topic, long nanos) {}

    /** @param lanes how many this process owns now */
    default void lanesChanged(int lanes) {}

    /** The process has stopped sending because it may have lost its lanes. */
    default void fenced(String reason) {}

    /** One that tells all of them, in order. */
    static RelayObserver all(List<RelayObserver> observers) {
        List<RelayObserver> told = List.copyOf(observers);
        return new RelayObserver() {
            @Override
            public void stored(OutgoingMessage message, long nanos) {
                told.forEach(observer -> observer.stored(message, nanos));
            }

            @Override
            public void unknown(OutgoingMessage message, String detail) {
                told.forEach(observer -> observer.unknown(message, detail));
            }

            @Override
            public void busy(OutgoingMessage message, String detail) {
                told.forEach(observer -> observer.busy(message, detail));
            }

            @Override
            public void parked(String topic, int messages, String reason) {
                told.forEach(observer -> observer.parked(topic, messages, reason));
            }

            @Override
            public void settled(int rows) {
                told.forEach(observer -> observer.settled(rows));
            }

            @Override
            public void moved(int messages) {
                told.forEach(observer -> observer.moved(messages));
            }

            @Override
            public void purged(int messages) {
                told.forEach(observer -> observer.purged(messages));
            }

            @Override
            public void outageBegan(String topic, String detail) {
                told.forEach(observer -> observer.outageBegan(topic, detail));
            }

            @Override
            public void outageEnded(String topic, long nanos) {
                told.forEach(observer -> observer.outageEnded(topic, nanos));
            }

            @Override
            public void lanesChanged(int lanes) {
                told.forEach(observer -> observer.lanesChanged(lanes));
            }

            @Override
            public void fenced(String reason) {
                told.forEach(observer -> observer.fenced(reason));
            }
        };
    }
}
