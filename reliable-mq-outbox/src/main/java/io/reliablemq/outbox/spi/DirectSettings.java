package io.reliablemq.outbox.spi;

import java.time.Duration;

/**
 * How much may be on its way past the outbox, and for how long.
 *
 * @param maxInFlight messages in memory: waiting for their first attempt or for another, or without an answer
 * @param maxBytes of the same
 * @param maxAttempts for outcomes that are unknown; a refusal ends it at once
 * @param timeout no attempt begins later than that after the message was accepted; the answer to the last one is waited
 *     for as long as {@link MessageSender#patience} says
 * @param retry pause before an unknown outcome is sent again
 * @param shutdownTimeout for what is on its way when the process stops
 */
public record DirectSettings(
        int maxInFlight, long maxBytes, int maxAttempts, Duration timeout, Backoff retry, Duration shutdownTimeout) {

    private static final int MOST_IN_FLIGHT = 1_000_000;
    private static final int MOST_ATTEMPTS = 100;
    private static final Duration LONGEST = Duration.ofHours(1);

    public DirectSettings {
        if (maxInFlight < 1 || maxInFlight > MOST_IN_FLIGHT) {
            throw new IllegalArgumentException(
                    "max-in-flight is " + maxInFlight + ": it must be 1 to " + MOST_IN_FLIGHT);
        }
        if (maxBytes < 8L * 1024 * 1024) {
            throw new IllegalArgumentException("max-bytes is " + maxBytes
                    + " bytes: it must be at least 8MB, so that one of the largest messages finds room beside another");
        }
        if (maxAttempts < 1 || maxAttempts > MOST_ATTEMPTS) {
            throw new IllegalArgumentException("max-attempts is " + maxAttempts + ": it must be 1 to " + MOST_ATTEMPTS);
        }
        within("timeout", timeout);
        within("shutdown-timeout", shutdownTimeout);
    }

    private static void within(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " is " + value + ": it must be 1ms to " + LONGEST);
        }
    }
}
