package io.reliablemq.broker.embedded.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for a state of the broker that nothing notifies about. */
final class Await {

    private static final long POLL_MILLIS = 10;

    private Await() {}

    static void until(String what, Duration within, BooleanSupplier reached) {
        long deadline = System.nanoTime() + within.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("%s did not happen within %d s: look for rocketmq.* in the log"
                        .formatted(what, within.toSeconds()));
            }
            sleep(what);
        }
    }

    private static void sleep(String what) {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting: " + what, e);
        }
    }
}
