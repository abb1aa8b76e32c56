package io.reliablemq.outbox.spi;

import java.util.List;

/**
 * Told what becomes of messages that go past the outbox. Called by the threads that send and by those of the client: must be safe
 * for use by any thread, must not block and must not throw.
 *
 * <p>Every method does nothing by default.
 */
public interface DirectObserver {

    DirectObserver NONE = new DirectObserver() {};

    /** @param nanos from when the message was taken to the broker's answer, earlier attempts included */
    default void sent(OutgoingMessage message, long nanos) {}

    /** The outcome of an attempt is unknown and there will be another. */
    default void retried(OutgoingMessage message, String detail) {}

    /**
     * It is not tried again.
     *
     * @param detail for logs and operators; never payload or credentials
     */
    default void lost(OutgoingMessage message, Loss loss, String detail) {}

    /** Why a direct message is given up. */
    enum Loss {
        /** No room in memory; no attempt was made. */
        NO_ROOM,
        /** The broker refused it for good. */
        REFUSED,
        /** No answer that says stored, in any attempt: it may be stored all the same. */
        UNANSWERED,
        /** The process stopped before there was an answer: it may be stored all the same. */
        STOPPED,
        /** Nobody knows whether its transaction has committed; no attempt was made. */
        COMMIT_UNKNOWN
    }

    /** One that tells all of them, in order. */
    static DirectObserver all(List<DirectObserver> observers) {
        List<DirectObserver> told = List.copyOf(observers);
        return new DirectObserver() {
            @Override
            public void sent(OutgoingMessage message, long nanos) {
                told.forEach(observer -> observer.sent(message, nanos));
            }

            @Override
            public void retried(OutgoingMessage message, String detail) {
                told.forEach(observer -> observer.retried(message, detail));
            }

            @Override
            public void lost(OutgoingMessage message, Loss loss, String detail) {
                told.forEach(observer -> observer.lost(message, loss, detail));
            }
        };
    }
}
