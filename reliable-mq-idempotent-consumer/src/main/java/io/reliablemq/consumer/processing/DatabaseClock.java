package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.InboxStore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The database's time, read rarely and carried on by the local monotonic clock. */
final class DatabaseClock {

    static final long MAX_AGE_MS = 30_000;
    static final long MAX_STEP_MS = 1_000;

    private final LongSupplier database;
    private final LongSupplier nanoTime;
    private final LongSupplier wall;
    private volatile @Nullable Sample sample;

    DatabaseClock(InboxStore inbox) {
        this(inbox::now, System::nanoTime, System::currentTimeMillis);
    }

    /** @param wall of this machine, in milliseconds */
    DatabaseClock(LongSupplier database, LongSupplier nanoTime, LongSupplier wall) {
        this.database = database;
        this.nanoTime = nanoTime;
        this.wall = wall;
    }

    /** Off by far less than any skew margin. */
    long now() {
        Sample known = sample;
        if (known == null) {
            return read();
        }
        long elapsed = (nanoTime.getAsLong() - known.nanos) / 1_000_000;
        return isStale(known, elapsed) ? read() : known.databaseMs + elapsed;
    }

    /** Asks the database. */
    long read() {
        Sample fresh = new Sample(database.getAsLong(), nanoTime.getAsLong(), wall.getAsLong());
        sample = fresh;
        return fresh.databaseMs;
    }

    /** Old, or the two local clocks disagree: the machine slept or its clock was set. */
    private boolean isStale(Sample known, long elapsedMs) {
        return elapsedMs > MAX_AGE_MS || Math.abs(wall.getAsLong() - known.wallMs - elapsedMs) > MAX_STEP_MS;
    }

    private record Sample(long databaseMs, long nanos, long wallMs) {}
}
