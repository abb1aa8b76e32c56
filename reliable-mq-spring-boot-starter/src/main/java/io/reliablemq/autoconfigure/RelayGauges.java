package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.outbox.spi.RelayStatus;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the relay of this process does right now. It is asked once for all gauges and at most once a second: a loop that stands lets a
 * question wait for a second.
 */
class RelayGauges {

    private static final long FRESH_FOR = 1_000_000_000L;

    private final Supplier<RelayStatus> relay;
    private final LongSupplier nanoTime;
    private @Nullable RelayStatus known;
    private long knownSince;

    RelayGauges(Supplier<RelayStatus> relay, LongSupplier nanoTime) {
        this.relay = relay;
        this.nanoTime = nanoTime;
    }

    void register(MeterRegistry registry) {
        gauge(registry, "lanes", RelayStatus::lanes);
        gauge(registry, "held", RelayStatus::held);
        gauge(registry, "in.flight", RelayStatus::inFlight);
        gauge(registry, "topics.in.outage", status -> status.outages().size());
    }

    private void gauge(MeterRegistry registry, String name, ToDoubleFunction<RelayStatus> value) {
        Gauge.builder("reliable.mq.relay." + name, this, gauges -> value.applyAsDouble(gauges.status()))
                .register(registry);
    }

    private synchronized RelayStatus status() {
        RelayStatus status = known;
        if (status == null || nanoTime.getAsLong() - knownSince > FRESH_FOR) {
            status = relay.get();
            known = status;
            knownSince = nanoTime.getAsLong();
        }
        return status;
    }
}
