package io.reliablemq.broker.embedded;

/** Prints what was measured, so that a build's log shows how long things take. */
final class Figures {

    private Figures() {}

    static void report(String what, long beganNanos) {
        System.out.printf("FIGURE %s: %d ms%n", what, (System.nanoTime() - beganNanos) / 1_000_000);
    }
}
