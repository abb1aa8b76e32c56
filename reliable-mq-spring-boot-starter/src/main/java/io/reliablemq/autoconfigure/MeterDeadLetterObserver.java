package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.consumer.DeadLetters.Operation;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import java.util.Locale;

/** Counts what operators do to dead letters. */
class MeterDeadLetterObserver implements DeadLetterObserver {

    private final MeterRegistry meters;

    MeterDeadLetterObserver(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void ended(Operation operation, Ending ending, long letters) {
        meters.counter(
                        "reliable.mq.listener.dead.letter.operations",
                        "operation",
                        tag(operation),
                        "outcome",
                        tag(ending))
                .increment();
        meters.counter("reliable.mq.listener.dead.letter.operations.letters", "operation", tag(operation))
                .increment((double) letters);
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
