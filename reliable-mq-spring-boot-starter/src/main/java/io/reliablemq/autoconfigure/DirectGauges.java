package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.reliablemq.outbox.direct.DirectSender;

/** What is on its way past the outbox. */
record DirectGauges(DirectSender sender) {

    void register(MeterRegistry registry) {
        Gauge.builder("reliable.mq.direct.in.flight", sender, s -> s.status().messages())
                .register(registry);
        Gauge.builder("reliable.mq.direct.in.flight.size", sender, s -> s.status()
                        .bytes())
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
    }
}
