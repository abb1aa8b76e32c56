package io.reliablemq.outbox.spi;

import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Operation;
import java.util.List;

/**
 * Told what operators do to parked and archived messages, for events and meters. Called on their threads, after the commit: must
 * not block; what it throws is logged.
 */
@FunctionalInterface
public interface OperationsObserver {

    /** How a call ended. */
    enum Ending {
        /** Messages were changed. */
        DONE,
        /** None was found, or none was free to be changed. */
        NOTHING,
        /** With an exception; a replay may have moved some messages before. */
        FAILED
    }

    /** Messages were changed; large replays say so several times. */
    void done(Deed deed);

    /** A call has ended that was no dry run. */
    default void ended(Operation operation, Ending ending) {}

    /** One that tells all of them, in order. */
    static OperationsObserver all(List<OperationsObserver> observers) {
        List<OperationsObserver> told = List.copyOf(observers);
        return new OperationsObserver() {
            @Override
            public void done(Deed deed) {
                told.forEach(observer -> observer.done(deed));
            }

            @Override
            public void ended(Operation operation, Ending ending) {
                told.forEach(observer -> observer.ended(operation, ending));
            }
        };
    }
}
