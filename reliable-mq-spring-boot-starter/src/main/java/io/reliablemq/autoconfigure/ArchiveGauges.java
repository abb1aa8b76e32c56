package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.outbox.spi.ArchiveStore.Content;
import java.time.Duration;
import java.util.function.Supplier;

/** What is in the archive of the outbox. By itself: it may be large, and counting it slow. */
class ArchiveGauges extends MeasuredGauges<Content> {

    ArchiveGauges(Supplier<Content> store, Duration refresh) {
        super("archive of the outbox", store, refresh);
    }

    void register(MeterRegistry registry) {
        gauge(registry, "archived", Content::rows);
        ageInMs(registry, "archived.age", Content::oldestAgeMs);
    }
}
