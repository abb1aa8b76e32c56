package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.MissingKey;
import io.reliablemq.consumer.RetryPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The consumer side: what holds for every listener that does not say otherwise.
 *
 * @param enabled Whether this instance runs listeners. Switch it off on nodes that only serve the web.
 * @param autoStartup Whether listeners start with the application.
 * @param concurrency Messages that one listener handles at once.
 * @param coalesce Messages that one listener may commit in one transaction; 1 commits each by itself.
 * @param virtualThreads Whether handlers run on virtual threads, which need Java 21. Where it is not set, as spring.threads.virtual.enabled
 *     says.
 * @param invisible Time for which the broker hides a received message; renewed while it is handled.
 * @param shutdownTimeout Time for running handlers to finish when the application stops.
 * @param dedupWindow Time for which dedup records live; older messages are quarantined.
 * @param clockSkew How far the clocks of producers and database may differ.
 * @param retry Back-off and attempts of messages whose handler failed.
 * @param maxUncountedDeliveries Deliveries up to which deadlocks and lock time-outs do not count as failures.
 * @param outageBackoff Longest pause between two attempts while the broker or the database is away.
 * @param purge The purge of old dedup records.
 * @param maxDecompressedSize Largest size to which a compressed payload is unpacked; a larger one becomes a dead letter.
 * @param brokerRetention How long the broker keeps messages, zero when unknown; dedup windows that do not span it are refused.
 * @param deadLetters What is done with dead letters besides keeping them in the database.
 * @param metrics Gauges of what is in the database.
 * @param missingKey What becomes of messages that have no dedup key.
 * @param fatal Exceptions after which a message becomes a dead letter at once.
 */
@ConfigurationProperties("reliable-mq.listener")
record ListenerProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean autoStartup,
        @DefaultValue("4") int concurrency,
        @DefaultValue("1") int coalesce,
        @Nullable Boolean virtualThreads,
        @DefaultValue("60s") Duration invisible,
        @DefaultValue("15s") Duration shutdownTimeout,
        @DefaultValue("7d") Duration dedupWindow,
        @DefaultValue("1h") Duration clockSkew,
        @DefaultValue Retry retry,
        @DefaultValue("100") int maxUncountedDeliveries,
        @DefaultValue("10s") Duration outageBackoff,
        @DefaultValue Purge purge,
        @DefaultValue("16MB") DataSize maxDecompressedSize,
        @DefaultValue("0s") Duration brokerRetention,
        @DefaultValue DeadLetterProperties deadLetters,
        @DefaultValue Metrics metrics,
        @DefaultValue("quarantine") MissingKey missingKey,
        @DefaultValue List<Class<? extends Throwable>> fatal) {

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    /**
     * @param mirrorTopic Topic to which each dead letter is also sent, through the outbox and in the letter's transaction, unless its listener has a mirrorTopic of its own.
     * @param drainBroker Whether what the broker itself has given up is received and written as dead letters, too.
     */
    record DeadLetterProperties(
            @Nullable String mirrorTopic,
            @DefaultValue("false") boolean drainBroker) {}

    /**
     * @param maxAttempts Failures after which a message becomes a dead letter.
     * @param initialDelay Pause after the first failure.
     * @param multiplier Growth of the pause from failure to failure.
     * @param maxDelay Longest pause.
     */
    record Retry(
            @DefaultValue("16") int maxAttempts,
            @DefaultValue("1s") Duration initialDelay,
            @DefaultValue("2") double multiplier,
            @DefaultValue("5m") Duration maxDelay) {}

    /**
     * @param interval Time between two runs.
     * @param batch Records that one statement deletes.
     */
    record Purge(
            @DefaultValue("1m") Duration interval,
            @DefaultValue("500") int batch) {}

    /** @param refresh Time between two measurements of what is in the database, and of the listeners that there are. */
    record Metrics(@DefaultValue("15s") Duration refresh) {}

    Duration checkedRefresh() {
        if (metrics.refresh().compareTo(Duration.ofMillis(1)) < 0) {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.listener.metrics.refresh is " + metrics.refresh() + ": it must be at least 1ms.",
                    "Correct the property reliable-mq.listener.metrics.refresh");
        }
        return metrics.refresh();
    }

    /** @throws IllegalArgumentException when a value is out of range, or this Java has no virtual threads */
    ConsumerSettings settings(boolean virtualThreadsOfSpring) {
        if (Boolean.TRUE.equals(virtualThreads) && Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
            throw new IllegalArgumentException("reliable-mq.listener.virtual-threads is true, and Java "
                    + Runtime.version().feature() + " has no virtual threads: run on Java " + FIRST_WITH_VIRTUAL_THREADS
                    + " or later, or remove the property");
        }
        return new ConsumerSettings(
                concurrency,
                coalesce,
                virtualThreads == null ? virtualThreadsOfSpring : virtualThreads,
                autoStartup,
                invisible,
                shutdownTimeout,
                dedupWindow,
                clockSkew,
                new RetryPolicy(retry.maxAttempts(), retry.initialDelay(), retry.multiplier(), retry.maxDelay()),
                maxUncountedDeliveries,
                new RetryPolicy(1, Duration.ofSeconds(1), 2, outageBackoff),
                purge.interval(),
                purge.batch(),
                missingKey,
                fatal);
    }
}
