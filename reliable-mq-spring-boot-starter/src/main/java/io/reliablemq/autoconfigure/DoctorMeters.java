package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Findings;
import java.util.Locale;
import java.util.stream.Collectors;

/** How many findings of which status each rule has; a status that a rule has no finding of has no gauge. */
class DoctorMeters {

    private record Kind(String rule, Finding.Status status) {

        Tags tags() {
            return Tags.of("rule", rule, "status", status.name().toLowerCase(Locale.ROOT));
        }
    }

    private final MultiGauge findings;

    DoctorMeters(MeterRegistry registry) {
        findings = MultiGauge.builder("reliable.mq.doctor.findings").register(registry);
    }

    void count(Findings found) {
        findings.register(
                found.all().stream()
                        .collect(Collectors.groupingBy(
                                finding -> new Kind(finding.rule(), finding.status()), Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(kind -> Row.of(kind.getKey().tags(), kind.getValue()))
                        .collect(Collectors.toList()),
                true);
    }
}
