package io.reliablemq.consumer.spi;

import io.reliablemq.consumer.DeadLetterReason;
import java.time.Duration;
import java.util.List;

/**
 * Told about what happens to messages, for metrics. <b>Thread</b>: the worker's or the adapter's; must return at once. What it throws
 * is logged and ignored.
 */
public interface ListenerObserver {

    /** Observes nothing. */
    ListenerObserver NONE = new ListenerObserver() {};

    /** The effect is committed. */
    default void processed(ListenerEndpoint listener, Duration took) {}

    /** A redelivery that was recorded before. */
    default void duplicate(ListenerEndpoint listener) {}

    /** The handler failed and the failure was counted. */
    default void failed(ListenerEndpoint listener, Throwable cause) {}

    /** It will be delivered again after that time; counted or not. */
    default void retried(ListenerEndpoint listener, Duration delay) {}

    /** A dead letter is committed, see {@link DeadLetterReason#isQuarantine()}. */
    default void deadLettered(ListenerEndpoint listener, DeadLetterReason reason) {}

    /** The broker confirmed the acknowledgement. */
    default void acknowledged(ListenerEndpoint listener, Duration latency) {}

    /** The broker did not; it will deliver again, and the dedup record absorbs that. */
    default void acknowledgementFailed(ListenerEndpoint listener, Throwable cause) {}

    /** One that tells all of them, in order; what one of them throws is logged and keeps nothing from the others. */
    static ListenerObserver all(List<ListenerObserver> observers) {
        return new QuietObservers(observers);
    }
}
