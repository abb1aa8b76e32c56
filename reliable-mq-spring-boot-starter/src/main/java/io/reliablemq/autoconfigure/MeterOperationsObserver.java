package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Operation;
import io.reliablemq.outbox.spi.OperationsObserver;
import java.util.Locale;

/** Counts what operators do to parked and archived messages. */
class MeterOperationsObserver implements OperationsObserver {

    private final MeterRegistry meters;

    MeterOperationsObserver(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void done(Deed deed) {
        meters.counter("reliable.mq.outbox.operations.messages", "operation", tag(deed.operation()))
                .increment(deed.messages().size());
    }

    @Override
    public void ended(Operation operation, Ending ending) {
        meters.counter("reliable.mq.outbox.operations", "operation", tag(operation), "outcome", tag(ending))
                .increment();
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
