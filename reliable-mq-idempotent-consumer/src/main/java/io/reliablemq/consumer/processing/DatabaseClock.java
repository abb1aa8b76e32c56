package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.InboxStore.Horizon;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The database's time, and what it has forgotten of a group, read rarely; the time is carried on by the local monotonic clock. */
final class DatabaseClock {

    static final long MAX_AGE_MS = 30_000;
    static final long MAX_STEP_MS = 1_000;
    /** What is deleted has been announced for longer: until then it is known here. */
    private static final long KNOWN_FOR_MS = InboxStore.NOTICE.toMillis() * 3 / 4;

    private final Supplier<Horizon> database;
    private final LongSupplier nanoTime;
    private final LongSupplier wall;
    private volatile @Nullable Sample sample;

    DatabaseClock(InboxStore inbox, String group) {
        this(() -> inbox.horizon(group), System::nanoTime, System::currentTimeMillis);
    }

    /** @param wall of this machine, in milliseconds */
    DatabaseClock(Supplier<Horizon> database, LongSupplier nanoTime, LongSupplier wall) {
        this.database = database;
        this.nanoTime = nanoTime;
        this.wall = wall;
    }

    /** Off by far less than any skew margin. */
    Moment now() {
        Sample known = sample;
        if (known == null || isStale(known)) {
            return read();
        }
        return new Moment(known.horizon.nowMs() + elapsedMs(known), known);
    }

    /** Asks the database. */
    Moment read() {
        // before the question: a process that is stopped in between knows less than the answer's time says
        long nanos = nanoTime.getAsLong();
        long wallMs = wall.getAsLong();
        Sample fresh = new Sample(database.get(), nanos, wallMs);
        sample = fresh;
        return new Moment(fresh.horizon.nowMs(), fresh);
    }

    /** Old, or the two local clocks disagree: the machine slept or its clock was set. */
    private boolean isStale(Sample known) {
        long elapsed = elapsedMs(known);
        return elapsed > MAX_AGE_MS || Math.abs(wall.getAsLong() - known.wallMs - elapsed) > MAX_STEP_MS;
    }

    private long elapsedMs(Sample known) {
        return (nanoTime.getAsLong() - known.nanos) / 1_000_000;
    }

    private record Sample(Horizon horizon, long nanos, long wallMs) {}

    /** What was known of the database at some time. */
    final class Moment {

        private final long nowMs;
        private final Sample known;

        private Moment(long nowMs, Sample known) {
            this.nowMs = nowMs;
            this.known = known;
        }

        long nowMs() {
            return nowMs;
        }

        long forgetsBefore() {
            return known.horizon.forgetsBefore();
        }

        /** Whether nothing has been deleted up to now but what was known to be; false also where the machine may have slept. */
        boolean stillHolds() {
            return Math.max(elapsedMs(known), wall.getAsLong() - known.wallMs) < KNOWN_FOR_MS;
        }
    }
}
