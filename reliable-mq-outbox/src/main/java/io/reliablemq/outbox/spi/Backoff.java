package io.reliablemq.outbox.spi;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;

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
        return nanos(attempt, bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /** @param chance answers a number from 0 to below the one that it is given */
    public long nanos(int attempt, LongUnaryOperator chance) {
        long ceiling = max.toNanos();
        int doublings = Math.min(Math.max(attempt - 1, 0), 30);
        long pause = initial.toNanos() > (ceiling >> doublings) ? ceiling : initial.toNanos() << doublings;
        return pause - chance.applyAsLong(pause / 4 + 1);
    }
}
