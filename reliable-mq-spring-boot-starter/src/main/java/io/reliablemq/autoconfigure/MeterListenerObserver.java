package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import java.time.Duration;
import java.util.Locale;

/** Counts what happens to received messages, by consumer group. */
class MeterListenerObserver implements ListenerObserver {

    private final MeterRegistry meters;

    MeterListenerObserver(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void processed(ListenerEndpoint listener, Duration took) {
        meters.timer("reliable.mq.listener.processed", "group", group(listener)).record(took);
    }

    @Override
    public void duplicate(ListenerEndpoint listener) {
        counter("reliable.mq.listener.duplicates", listener).increment();
    }

    @Override
    public void failed(ListenerEndpoint listener, Throwable cause) {
        counter("reliable.mq.listener.failures", listener).increment();
    }

    @Override
    public void retried(ListenerEndpoint listener, Duration delay) {
        counter("reliable.mq.listener.retries", listener).increment();
    }

    @Override
    public void deadLettered(ListenerEndpoint listener, DeadLetterReason reason) {
        meters.counter(
                        "reliable.mq.listener.dead.letters",
                        "group",
                        group(listener),
                        "reason",
                        reason.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    @Override
    public void acknowledged(ListenerEndpoint listener, Duration latency) {
        meters.timer("reliable.mq.listener.acknowledged", "group", group(listener))
                .record(latency);
    }

    @Override
    public void acknowledgementFailed(ListenerEndpoint listener, Throwable cause) {
        counter("reliable.mq.listener.acknowledgement.failures", listener).increment();
    }

    private Counter counter(String name, ListenerEndpoint listener) {
        return meters.counter(name, "group", group(listener));
    }

    private static String group(ListenerEndpoint listener) {
        return listener.subscription().group();
    }
}
