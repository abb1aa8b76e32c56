package io.reliablemq.outbox.spi;

import io.reliablemq.outbox.Cancellation;
import io.reliablemq.outbox.OutboxException;
import java.util.List;

/**
 * Told what business code sends. Called by business threads, inside their transactions: must be safe for use by any thread, must not
 * block and must not throw.
 *
 * <p>Every method does nothing by default.
 */
public interface WriteObserver {

    WriteObserver NONE = new WriteObserver() {};

    /** Their transaction has committed: these messages are in the outbox, delayed ones included. Direct ones never are. */
    default void written(List<OutgoingMessage> messages) {}

    /** A send was refused, with everything that was to be sent along with it. */
    default void refused(OutboxException reason) {}

    /** The backlog is beyond a limit, and a send was let through all the same. */
    default void warned() {}

    /** A request to cancel was answered, in a transaction that may still roll back. */
    default void cancelled(Cancellation answer) {}

    /** One that tells all of them, in order. */
    static WriteObserver all(List<WriteObserver> observers) {
        List<WriteObserver> told = List.copyOf(observers);
        return new WriteObserver() {
            @Override
            public void written(List<OutgoingMessage> messages) {
                told.forEach(observer -> observer.written(messages));
            }

            @Override
            public void refused(OutboxException reason) {
                told.forEach(observer -> observer.refused(reason));
            }

            @Override
            public void warned() {
                told.forEach(WriteObserver::warned);
            }

            @Override
            public void cancelled(Cancellation answer) {
                told.forEach(observer -> observer.cancelled(answer));
            }
        };
    }
}
