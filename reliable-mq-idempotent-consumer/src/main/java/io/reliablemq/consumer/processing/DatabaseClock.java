package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.InboxStore;
import org.jspecify.annotations.Nullable;

/** The database's time, read rarely and carried on by the local monotonic clock. */
final class DatabaseClock {

    private static final long MAX_AGE_MS = 30_000;
    private static final long MAX_STEP_MS = 1_000;

    private final InboxStore inbox;
    private volatile @Nullable Sample sample;

    DatabaseClock(InboxStore inbox) {
        this.inbox = inbox;
    }

    /** Off by far less than any skew margin. */
    long now() {
        Sample known = sample;
        return known == null || known.isStale() ? read() : known.databaseMs + known.elapsedMs();
    }

    /** Asks the database. */
    long read() {
        Sample fresh = new Sample(inbox.now(), System.nanoTime(), System.currentTimeMillis());
        sample = fresh;
        return fresh.databaseMs;
    }

    private record Sample(long databaseMs, long nanos, long wallMs) {

        long elapsedMs() {
            return (System.nanoTime() - nanos) / 1_000_000;
        }

        /** Old, or the two local clocks disagree: the machine slept or its clock was set. */
        boolean isStale() {
            long elapsed = elapsedMs();
            return elapsed > MAX_AGE_MS || Math.abs(System.currentTimeMillis() - wallMs - elapsed) > MAX_STEP_MS;
        }
    }
}
