package io.reliablemq.consumer.spi;

import io.reliablemq.consumer.DeadLetterReason;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one that fails from changing what becomes of a message, and from hiding it from the others. */
record QuietObservers(List<ListenerObserver> told) implements ListenerObserver {

    private static final Logger log = LoggerFactory.getLogger(QuietObservers.class);

    QuietObservers {
        told = List.copyOf(told);
    }

    @Override
    public void processed(ListenerEndpoint listener, Duration took) {
        tell(observer -> observer.processed(listener, took));
    }

    @Override
    public void duplicate(ListenerEndpoint listener) {
        tell(observer -> observer.duplicate(listener));
    }

    @Override
    public void failed(ListenerEndpoint listener, Throwable cause) {
        tell(observer -> observer.failed(listener, cause));
    }

    @Override
    public void retried(ListenerEndpoint listener, Duration delay) {
        tell(observer -> observer.retried(listener, delay));
    }

    @Override
    public void deadLettered(ListenerEndpoint listener, DeadLetterReason reason) {
        tell(observer -> observer.deadLettered(listener, reason));
    }

    @Override
    public void acknowledged(ListenerEndpoint listener, Duration latency) {
        tell(observer -> observer.acknowledged(listener, latency));
    }

    @Override
    public void acknowledgementFailed(ListenerEndpoint listener, Throwable cause) {
        tell(observer -> observer.acknowledgementFailed(listener, cause));
    }

    private void tell(Consumer<ListenerObserver> call) {
        for (ListenerObserver observer : told) {
            try {
                call.accept(observer);
            } catch (RuntimeException e) {
                log.warn("A listener observer failed; messages are not affected, its figures are", e);
            }
        }
    }
}
