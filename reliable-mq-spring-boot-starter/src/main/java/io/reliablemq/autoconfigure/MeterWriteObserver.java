package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.outbox.Cancellation;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.OutboxException;
import io.reliablemq.outbox.OutboxOverloadedException;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.WriteObserver;
import java.util.List;
import java.util.Locale;

/** Counts what business code sends. A refusal has no topic: the topic may be what is wrong, and then has any number of values. */
class MeterWriteObserver implements WriteObserver {

    private final MeterRegistry meters;

    MeterWriteObserver(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void written(List<OutgoingMessage> messages) {
        messages.forEach(message -> meters.counter("reliable.mq.outbox.written", "topic", message.topic())
                .increment());
    }

    @Override
    public void refused(OutboxException reason) {
        meters.counter("reliable.mq.outbox.refused", "reason", reason(reason)).increment();
    }

    private static String reason(OutboxException reason) {
        if (reason instanceof MessageRejectedException) {
            return "illegal_message";
        }
        if (reason instanceof TransactionRequiredException) {
            return "no_transaction";
        }
        return reason instanceof OutboxOverloadedException ? "overloaded" : "other";
    }

    @Override
    public void warned() {
        meters.counter("reliable.mq.outbox.admission.warnings").increment();
    }

    @Override
    public void cancelled(Cancellation answer) {
        meters.counter(
                        "reliable.mq.outbox.cancellations",
                        "outcome",
                        answer.name().toLowerCase(Locale.ROOT))
                .increment();
    }
}
