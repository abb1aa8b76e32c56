package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.outbox.spi.OutboxStore.Backlog;
import java.time.Duration;
import java.util.function.Supplier;

/** What waits in the outbox, is delayed, or is parked. */
class BacklogGauges extends MeasuredGauges<Backlog> {

    BacklogGauges(Supplier<Backlog> store, Duration refresh) {
        super("backlog of the outbox", store, refresh);
    }

    void register(MeterRegistry registry) {
        gauge(registry, "waiting", Backlog::rows);
        gauge(registry, "delayed", Backlog::delayed);
        gauge(registry, "parked", Backlog::parked);
        ageInMs(registry, "waiting.age", Backlog::oldestAgeMs);
    }
}
