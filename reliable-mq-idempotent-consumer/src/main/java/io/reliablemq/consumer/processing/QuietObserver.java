package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a failing observer from changing what becomes of a message. */
record QuietObserver(ListenerObserver target) implements ListenerObserver {

    private static final Logger log = LoggerFactory.getLogger(QuietObserver.class);

    @Override
    public void processed(ListenerEndpoint listener, Duration took) {
        quietly(() -> target.processed(listener, took));
    }

    @Override
    public void duplicate(ListenerEndpoint listener) {
        quietly(() -> target.duplicate(listener));
    }

    @Override
    public void failed(ListenerEndpoint listener, Throwable cause) {
        quietly(() -> target.failed(listener, cause));
    }

    @Override
    public void retried(ListenerEndpoint listener, Duration delay) {
        quietly(() -> target.retried(listener, delay));
    }

    @Override
    public void deadLettered(ListenerEndpoint listener, DeadLetterReason reason) {
        quietly(() -> target.deadLettered(listener, reason));
    }

    private static void quietly(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            log.warn("The listener observer failed; messages are not affected, its figures are", e);
        }
    }
}
