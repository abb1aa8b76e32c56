package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Findings;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/** How many findings of which status each rule has; a status that a rule has no finding of has no gauge. */
class DoctorMeters {

    private final GaugeFamily findings;

    DoctorMeters(MeterRegistry registry) {
        findings = new GaugeFamily(MultiGauge.builder("reliable.mq.doctor.findings"), registry);
    }

    void count(Findings found) {
        Map<Tags, DoubleSupplier> counts = new HashMap<>();
        found.all().stream()
                .collect(Collectors.groupingBy(DoctorMeters::tags, Collectors.counting()))
                .forEach((tags, count) -> counts.put(tags, () -> count));
        findings.show(counts);
    }

    private static Tags tags(Finding finding) {
        return Tags.of("rule", finding.rule(), "status", finding.status().name().toLowerCase(Locale.ROOT));
    }
}
