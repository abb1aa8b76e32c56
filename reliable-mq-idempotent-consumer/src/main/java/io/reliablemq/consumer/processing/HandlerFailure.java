package io.reliablemq.consumer.processing;

/** Carries what the handler threw, or what kept its transaction from committing, past the inbox's own exceptions. */
final class HandlerFailure extends RuntimeException {

    private final Throwable thrown;

    HandlerFailure(Throwable thrown) {
        super(thrown);
        this.thrown = thrown;
    }

    Throwable thrown() {
        return thrown;
    }
}
