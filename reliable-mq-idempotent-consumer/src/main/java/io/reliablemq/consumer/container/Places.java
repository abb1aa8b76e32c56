package io.reliablemq.consumer.container;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How many messages a container may hold: what its workers get done within {@link #AHEAD}, so that quick handlers are fed by large
 * batches, for a receive costs the broker more than the messages in it, and slow ones leave to other instances what they cannot
 * begin with soon. Whoever waits for places is woken once, when there are enough of them, and not by each that becomes free.
 * <b>Thread</b>: any; one at a time takes.
 */
final class Places {

    private static final Duration AHEAD = Duration.ofMillis(500);
    private static final long MEASURED_NANOS = Duration.ofMillis(100).toNanos();

    private final int least;
    private final int most;
    private final LongSupplier nanoTime;
    private int capacity;
    private int held;
    private int wanted = Integer.MAX_VALUE;
    private int done;
    private long measuredSince;

    /** @param least however slow the handlers are, {@code most} however quick */
    Places(int least, int most, LongSupplier nanoTime) {
        this.least = least;
        this.most = most;
        this.nanoTime = nanoTime;
        this.capacity = least;
        this.measuredSince = nanoTime.getAsLong();
    }

    /** Up to so many as soon as they, or half of all places, are free; 0 when that did not happen in time. */
    synchronized int take(int atMost, Duration timeout) throws InterruptedException {
        measure();
        wanted = Math.max(1, Math.min(atMost, capacity / 2));
        long end = System.nanoTime() + timeout.toNanos();
        while (capacity - held < wanted) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                wanted = Integer.MAX_VALUE;
                return 0;
            }
            wait(left / 1_000_000 + 1);
        }
        wanted = Integer.MAX_VALUE;
        int taken = Math.min(capacity - held, atMost);
        held += taken;
        return taken;
    }

    /** They were not needed. */
    synchronized void give(int places) {
        held -= places;
        if (capacity - held >= wanted) {
            notifyAll();
        }
    }

    /** A worker is done with a message. */
    synchronized void done() {
        done++;
        give(1);
    }

    private void measure() {
        long now = nanoTime.getAsLong();
        long nanos = now - measuredSince;
        if (nanos >= MEASURED_NANOS) {
            capacity = (int) Math.max(least, Math.min(most, (double) done * AHEAD.toNanos() / nanos));
            done = 0;
            measuredSince = now;
        }
    }
}
