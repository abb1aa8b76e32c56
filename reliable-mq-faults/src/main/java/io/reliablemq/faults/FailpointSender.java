package io.reliablemq.faults;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Comes to failpoints before and after it hands a message to the broker. */
final class FailpointSender implements MessageSender {

    private final MessageSender sender;
    private final Failpoints failpoints;

    FailpointSender(MessageSender sender, Failpoints failpoints) {
        this.sender = sender;
        this.failpoints = failpoints;
    }

    @Override
    public CompletionStage<SendOutcome> send(OutgoingMessage message) {
        pass(Failpoint.BEFORE_SEND, message);
        return sender.send(message).thenApply(outcome -> {
            if (outcome instanceof SendOutcome.Stored) {
                pass(Failpoint.AFTER_SEND, message);
            }
            return outcome;
        });
    }

    @Override
    public Duration answersWithin() {
        return sender.answersWithin();
    }

    private void pass(Failpoint point, OutgoingMessage message) {
        failpoints.pass(new Passage(point, message.topic(), message.payload()));
    }
}
