package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Gauges of one name that come and go. One that stays is not registered anew, as {@link MultiGauge#register(Iterable, boolean)} does: a scrape
 * in between would miss it or, with Micrometer's registry for Prometheus, find the name twice and fail.
 */
final class GaugeFamily {

    private final MultiGauge gauges;
    private volatile Map<Tags, DoubleSupplier> shown = Map.of();

    GaugeFamily(MultiGauge.Builder gauges, MeterRegistry registry) {
        this.gauges = gauges.register(registry);
    }

    /** These and no others from now on. */
    void show(Map<Tags, DoubleSupplier> values) {
        shown = Map.copyOf(values);
        gauges.register(values.keySet().stream()
                .<Row<?>>map(tags -> Row.of(tags, this, family -> family.value(tags)))
                .toList());
    }

    private double value(Tags tags) {
        DoubleSupplier value = shown.get(tags);
        return value == null ? Double.NaN : value.getAsDouble();
    }
}
