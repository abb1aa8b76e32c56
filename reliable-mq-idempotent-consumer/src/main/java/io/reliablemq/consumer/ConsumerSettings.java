package io.reliablemq.consumer;

import java.time.Duration;
import java.util.List;

/**
 * What holds for every listener that does not say otherwise.
 *
 * @param concurrency messages handled at once per listener, at least 1
 * @param coalesce how many messages a listener may commit in one transaction, 1 for each by itself
 * @param virtualThreads whether handlers run on virtual threads (JDK 21 and later)
 * @param autoStartup whether listeners start with the application
 * @param invisible how long the broker hides a received message; renewed while it is held, at half of this time
 * @param shutdownTimeout how long running handlers may take to finish when a listener stops
 * @param dedupWindow how long dedup records live and messages may be old
 * @param skewMargin how far clocks of producers and database may differ
 * @param retry back-off and dead-lettering of failures
 * @param maxUncountedDeliveries deliveries up to which deadlocks and lock time-outs are retried without counting as failures
 * @param outage back-off between probes while the broker or the database is away; its {@code maxAttempts} has no meaning
 * @param purgeInterval time between runs of the purge
 * @param purgeBatch records deleted per statement
 * @param missingKey what becomes of messages without a dedup key
 * @param fatal exceptions that no retry cures, besides conversion and validation failures and {@link FatalListenerException}
 */
public record ConsumerSettings(
        int concurrency,
        int coalesce,
        boolean virtualThreads,
        boolean autoStartup,
        Duration invisible,
        Duration shutdownTimeout,
        Duration dedupWindow,
        Duration skewMargin,
        RetryPolicy retry,
        int maxUncountedDeliveries,
        RetryPolicy outage,
        Duration purgeInterval,
        int purgeBatch,
        MissingKey missingKey,
        List<Class<? extends Throwable>> fatal) {

    /** @throws IllegalArgumentException when a value is out of range */
    public ConsumerSettings {
        require(concurrency >= 1, "concurrency", concurrency);
        require(coalesce >= 1, "coalesce", coalesce);
        require(isPositive(invisible), "invisible", invisible);
        require(!shutdownTimeout.isNegative(), "shutdownTimeout", shutdownTimeout);
        require(isPositive(dedupWindow), "dedupWindow", dedupWindow);
        require(!skewMargin.isNegative(), "skewMargin", skewMargin);
        require(maxUncountedDeliveries >= 0, "maxUncountedDeliveries", maxUncountedDeliveries);
        require(isPositive(purgeInterval), "purgeInterval", purgeInterval);
        require(purgeBatch >= 1, "purgeBatch", purgeBatch);
        fatal = List.copyOf(fatal);
    }

    /** 4 at once, hidden for 60 s, 7 days of dedup with one hour of skew, {@link RetryPolicy#defaults()}. */
    public static ConsumerSettings defaults() {
        return new ConsumerSettings(
                4,
                1,
                false,
                true,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofDays(7),
                Duration.ofHours(1),
                RetryPolicy.defaults(),
                100,
                new RetryPolicy(1, Duration.ofSeconds(1), 2, Duration.ofSeconds(10)),
                Duration.ofMinutes(1),
                500,
                MissingKey.QUARANTINE,
                List.of());
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean condition, String name, Object value) {
        if (!condition) {
            throw new IllegalArgumentException("Consumer setting " + name + " is " + value
                    + ", which is too small: give a larger value or remove it");
        }
    }
}
