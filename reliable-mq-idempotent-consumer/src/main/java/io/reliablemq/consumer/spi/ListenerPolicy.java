package io.reliablemq.consumer.spi;

import io.reliablemq.consumer.RetryPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one listener is run.
 *
 * @param coalesce how many messages may be committed in one transaction, and a batch handler takes at once; 1 for each by itself
 * @param keyed the dedup key is the listener's expression, not the message id
 * @param fatal exceptions that no retry cures
 * @param mirrorTopic where its dead letters are also sent to: empty for nowhere, null for the application's setting
 */
public record ListenerPolicy(
        int concurrency,
        int coalesce,
        boolean autoStartup,
        boolean keyed,
        Duration dedupWindow,
        RetryPolicy retry,
        List<Class<? extends Throwable>> fatal,
        @Nullable String mirrorTopic) {

    /** With the application's mirror. */
    public ListenerPolicy(
            int concurrency,
            int coalesce,
            boolean autoStartup,
            boolean keyed,
            Duration dedupWindow,
            RetryPolicy retry,
            List<Class<? extends Throwable>> fatal) {
        this(concurrency, coalesce, autoStartup, keyed, dedupWindow, retry, fatal, null);
    }
}
