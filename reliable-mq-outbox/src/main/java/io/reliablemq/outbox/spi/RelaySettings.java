package io.reliablemq.outbox.spi;

import java.time.Duration;

/**
 * How the relay of one process works.
 *
 * @param lanes lane count of the whole installation at its very first start; later the database's counts
 * @param lease after that time without a heartbeat, by the database's clock, others take this process's lanes
 * @param pollMin shortest pause between two reads of the table while there is work
 * @param pollMax longest pause between two reads while there is none
 * @param trailing how long after a row id was seen rows with lower ids are still looked for closely: ids are drawn just before
 *     the commit, so they can appear out of order
 * @param sweep how often everything else is looked through, with jitter
 * @param maxInFlight sends of one topic without an answer; all topics together have an eighth more
 * @param maxHeld messages in memory, waiting or in flight, or stored and not deleted yet; with less than four pages of 4,000 a backlog's
 *     next page is not read while the rows of the one before it are deleted (measured: a quarter to a third of the rate)
 * @param maxHeldBytes of the same, in bytes
 * @param retry pause before an unknown outcome is sent again
 * @param shutdownTimeout for sends in flight when the process stops
 */
public record RelaySettings(
        int lanes,
        Duration lease,
        Duration pollMin,
        Duration pollMax,
        Duration trailing,
        Duration sweep,
        int maxInFlight,
        int maxHeld,
        long maxHeldBytes,
        Backoff retry,
        Duration shutdownTimeout) {

    public RelaySettings {
        positive("lease", lease);
        positive("poll-min", pollMin);
        positive("poll-max", pollMax);
        positive("trailing", trailing);
        positive("sweep", sweep);
        positive("shutdown-timeout", shutdownTimeout);
        if (lease.toMillis() < 1000) {
            throw new IllegalArgumentException(
                    "The relay's lease is " + lease + ": it must be at least 1s, or every pause costs the lanes");
        }
        if (maxInFlight < 1 || maxHeld < maxInFlight || maxHeldBytes < 8L * 1024 * 1024) {
            throw new IllegalArgumentException("max-in-flight=" + maxInFlight + ", max-held=" + maxHeld
                    + ", max-held-bytes=" + maxHeldBytes
                    + ": set 1 <= max-in-flight <= max-held and at least 8MB of bytes (two of the largest messages)");
        }
    }

    /** 16 lanes, lease 15 s, 512 sends in flight. */
    public static RelaySettings defaults() {
        return new RelaySettings(
                16,
                Duration.ofSeconds(15),
                Duration.ofMillis(10),
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                512,
                16384,
                64L * 1024 * 1024,
                new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10)),
                Duration.ofSeconds(10));
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("The relay's " + name + " is " + value + ": it must be positive");
        }
    }
}
