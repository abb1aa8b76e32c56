package io.reliablemq.consumer.container;

/** Broker or database have not answered. */
final class SimulatedFailure extends RuntimeException {

    private final boolean mayStillCome;

    SimulatedFailure(String message, boolean mayStillCome) {
        super(message, null, false, false);
        this.mayStillCome = mayStillCome;
    }

    /** What was called may take effect later. */
    boolean mayStillCome() {
        return mayStillCome;
    }
}
