package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.outbox.spi.DirectObserver;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Counts what goes past the outbox, by topic. */
class MeterDirectObserver implements DirectObserver {

    private final MeterRegistry meters;

    MeterDirectObserver(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void sent(OutgoingMessage message, long nanos) {
        meters.timer("reliable.mq.direct.send", "topic", message.topic()).record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void retried(OutgoingMessage message, String detail) {
        meters.counter("reliable.mq.direct.retries", "topic", message.topic()).increment();
    }

    @Override
    public void lost(OutgoingMessage message, Loss loss, String detail) {
        meters.counter(
                        "reliable.mq.direct.lost",
                        "topic",
                        message.topic(),
                        "reason",
                        loss.name().toLowerCase(Locale.ROOT))
                .increment();
    }
}
