package io.reliablemq.outbox.spi;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Exponential back-off, doubling from {@code initial} to {@code max}, each pause shortened by up to a quarter at random so
 * that processes do not march in step.
 */
public record Backoff(Duration initial, Duration max) {

    public Backoff {
        if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0) {
            throw new IllegalArgumentException("Back-off from " + initial + " to " + max + ": set 0 < initial <= max");
        }
    }

    /** @param attempt 1 after the first failure */
    public long nanos(int attempt) {
        long ceiling = max.toNanos();
        int doublings = Math.min(Math.max(attempt - 1, 0), 30);
        long pause = initial.toNanos() > (ceiling >> doublings) ? ceiling : initial.toNanos() << doublings;
        return pause - ThreadLocalRandom.current().nextLong(pause / 4 + 1);
    }
}
