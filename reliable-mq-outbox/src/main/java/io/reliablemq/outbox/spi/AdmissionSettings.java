package io.reliablemq.outbox.spi;

import java.time.Duration;

/**
 * When {@code send} complains of a backlog.
 *
 * @param maxRows that many messages may wait
 * @param maxAge that long the oldest of them may have waited, by the database's clock
 * @param refresh how often the backlog is measured while messages are sent; a figure older than three times that is unknown, and
 *     an unknown figure refuses nothing
 */
public record AdmissionSettings(Policy policy, long maxRows, Duration maxAge, Duration refresh) {

    /** What happens beyond a limit. */
    public enum Policy {
        /** Nothing; the backlog is not measured. */
        OFF,
        /** A warning in the log, once a minute. */
        WARN,
        /** The send fails with an {@code OutboxOverloadedException}. */
        REFUSE
    }

    public static final AdmissionSettings OFF =
            new AdmissionSettings(Policy.OFF, 1, Duration.ofDays(1), Duration.ofMinutes(1));

    public AdmissionSettings {
        if (maxRows < 1 || maxRows > 10_000_000) {
            throw new IllegalArgumentException("max-rows is " + maxRows + ": it must be 1 to 10,000,000");
        }
        if (maxAge.toMillis() < 1000) {
            throw new IllegalArgumentException("max-age is " + maxAge + ": it must be at least 1s");
        }
        if (refresh.toMillis() < 100 || refresh.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("refresh is " + refresh + ": it must be 100ms to 1h");
        }
    }
}
