package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Counts what the relay does, by topic. */
class MeterRelayObserver implements RelayObserver {

    private final MeterRegistry meters;
    /** Asked for each message: so a meter is found by its tags once. */
    private final Map<String, Timer> sends = new ConcurrentHashMap<>();

    MeterRelayObserver(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void stored(OutgoingMessage message, long nanos) {
        sends.computeIfAbsent(message.topic(), this::sendsTo).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer sendsTo(String topic) {
        return meters.timer("reliable.mq.relay.send", "topic", topic);
    }

    @Override
    public void unknown(OutgoingMessage message, String detail) {
        meters.counter("reliable.mq.relay.retries", "topic", message.topic()).increment();
    }

    @Override
    public void busy(OutgoingMessage message, String detail) {
        meters.counter("reliable.mq.relay.busy", "topic", message.topic()).increment();
    }

    @Override
    public void parked(String topic, int messages, String reason) {
        meters.counter("reliable.mq.relay.parked", "topic", topic, "reason", reason(reason))
                .increment(messages);
    }

    /** The text begins with the reason, except for what only waits behind a parked message. */
    private static String reason(String text) {
        return Arrays.stream(SendOutcome.Reason.values())
                .map(Enum::name)
                .filter(text::startsWith)
                .findFirst()
                .orElse("BEHIND_PARKED")
                .toLowerCase(Locale.ROOT);
    }

    @Override
    public void settled(int rows) {
        meters.counter("reliable.mq.relay.settled").increment(rows);
    }

    @Override
    public void moved(int messages) {
        meters.counter("reliable.mq.relay.moved").increment(messages);
    }

    @Override
    public void purged(int messages) {
        meters.counter("reliable.mq.relay.purged").increment(messages);
    }

    @Override
    public void outageEnded(String topic, long nanos) {
        meters.timer("reliable.mq.relay.outage", "topic", topic).record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void outageBegan(String topic, String detail) {
        meters.counter("reliable.mq.relay.outages", "topic", topic).increment();
    }

    @Override
    public void fenced(String reason) {
        meters.counter("reliable.mq.relay.fenced").increment();
    }
}
