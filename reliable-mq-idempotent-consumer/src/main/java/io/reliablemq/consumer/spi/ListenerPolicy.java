package io.reliablemq.consumer.spi;

import io.reliablemq.consumer.RetryPolicy;
import java.time.Duration;
import java.util.List;

/**
 * How one listener is run.
 *
 * @param coalesce how many messages may be committed in one transaction, and a batch handler takes at once; 1 for each by itself
 * @param keyed the dedup key is the listener's expression, not the message id
 * @param fatal exceptions that no retry cures
 */
public record ListenerPolicy(
        int concurrency,
        int coalesce,
        boolean autoStartup,
        boolean keyed,
        Duration dedupWindow,
        RetryPolicy retry,
        List<Class<? extends Throwable>> fatal) {}
