package io.reliablemq.benchmarks.write;

/**
 * What was measured in one stretch of time, or in several.
 *
 * @param committed transactions
 * @param rolledBack transactions that the database gave up as victims of a deadlock, and the business ran again
 * @param seconds how long it took
 */
public record Slice(long committed, long rolledBack, double seconds) {

    /** Both stretches. */
    public Slice plus(Slice other) {
        return new Slice(committed + other.committed, rolledBack + other.rolledBack, seconds + other.seconds);
    }

    /** @return transactions per second */
    public double committedPerSecond() {
        return committed / seconds;
    }

    /** @return transactions per second */
    public double rolledBackPerSecond() {
        return rolledBack / seconds;
    }
}
