package io.reliablemq.outbox.relay;

/** For how long a question to the database has been without an answer: one at a time. By any thread. */
final class Unanswered {

    private static final long NOTHING = Long.MAX_VALUE;

    private final Circumstances circumstances;
    private volatile long since = NOTHING;

    Unanswered(Circumstances circumstances) {
        this.circumstances = circumstances;
    }

    void asked() {
        since = circumstances.nanoTime();
    }

    /** Or it has failed. */
    void answered() {
        since = NOTHING;
    }

    /** Nanoseconds for which the database has not answered; 0 while nothing is asked. */
    long nanos() {
        long began = since;
        return began == NOTHING ? 0 : circumstances.nanoTime() - began;
    }
}
