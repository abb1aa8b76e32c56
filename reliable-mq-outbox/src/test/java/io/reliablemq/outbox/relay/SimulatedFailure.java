package io.reliablemq.outbox.relay;

/** The database has not answered; whether the call took effect is unknown. */
final class SimulatedFailure extends RuntimeException {

    SimulatedFailure(String message) {
        super(message, null, false, false);
    }
}
