package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.reliablemq.outbox.spi.OutboxLedger.Outcome;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** What the last comparison of any instance came to; not a number while that is not known. */
record ReconciliationGauges(ReconciliationRounds rounds) {

    private static final double NANOS_PER_MS = 1_000_000;

    void register(MeterRegistry registry) {
        gauge(registry, "missing", Outcome::missing);
        gauge(registry, "late", Outcome::late);
        gauge(registry, "dead", Outcome::dead);
        gauge(registry, "unknown", outcome -> outcome.unknown() ? 1 : 0);
        TimeGauge.builder(
                        "reliable.mq.reconciliation.duration",
                        this,
                        TimeUnit.MILLISECONDS,
                        gauges -> gauges.value(Outcome::tookMs))
                .register(registry);
        TimeGauge.builder("reliable.mq.reconciliation.age", this, TimeUnit.MILLISECONDS, ReconciliationGauges::ageMs)
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, ToDoubleFunction<Outcome> value) {
        Gauge.builder("reliable.mq.reconciliation." + name, this, gauges -> gauges.value(value))
                .register(registry);
    }

    private double value(ToDoubleFunction<Outcome> value) {
        ReconciliationRounds.Seen seen = rounds.seen();
        return seen == null ? Double.NaN : value.applyAsDouble(seen.noted().outcome());
    }

    private double ageMs() {
        ReconciliationRounds.Seen seen = rounds.seen();
        return seen == null ? Double.NaN : seen.noted().ageMs() + (System.nanoTime() - seen.atNanos()) / NANOS_PER_MS;
    }
}
