package io.reliablemq.consumer;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a failed message comes again.
 *
 * @param maxAttempts failures after which it becomes a dead letter, at least 1
 * @param initialDelay after the first failure
 * @param multiplier growth from failure to failure, at least 1
 * @param maxDelay upper bound
 */
public record RetryPolicy(int maxAttempts, Duration initialDelay, double multiplier, Duration maxDelay) {

    private static final double JITTER = 0.2;

    /** @throws IllegalArgumentException when a value is out of range */
    public RetryPolicy {
        require(maxAttempts >= 1, "maxAttempts is " + maxAttempts + ": give at least 1");
        require(multiplier >= 1, "multiplier is " + multiplier + ": give at least 1");
        require(!initialDelay.isNegative() && !maxDelay.isNegative(), "a delay is negative: give 0 or more");
    }

    /** 16 attempts, from one second, doubled up to five minutes. */
    public static RetryPolicy defaults() {
        return new RetryPolicy(16, Duration.ofSeconds(1), 2, Duration.ofMinutes(5));
    }

    /** The delay after that many failures, spread by a fifth so that failures of one moment do not come back in one. */
    public Duration delayAfter(int failures) {
        return delayAfter(
                failures, 1 - JITTER + 2 * JITTER * ThreadLocalRandom.current().nextDouble());
    }

    /** The longest that {@link #delayAfter} can answer. */
    public Duration longestDelayAfter(int failures) {
        return delayAfter(failures, 1 + JITTER);
    }

    private Duration delayAfter(int failures, double spread) {
        double exponential = (double) initialDelay.toMillis() * Math.pow(multiplier, Math.max(0, failures - 1));
        double capped = Math.min(exponential, (double) maxDelay.toMillis());
        return Duration.ofMillis(Math.min((long) (capped * spread), maxDelay.toMillis()));
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalArgumentException("Retry policy: " + problem);
        }
    }
}
