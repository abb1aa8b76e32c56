package io.reliablemq.test.spring;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.test.IsolatedBroker;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Tells what the broker has stored before anybody else hears of it: before the row is deleted. */
record WatchedSender(MessageSender sender, IsolatedBroker broker, Traffic traffic) implements MessageSender {

    @Override
    public CompletionStage<SendOutcome> send(OutgoingMessage message) {
        return sender.send(translated(message)).whenComplete((outcome, error) -> {
            if (outcome instanceof SendOutcome.Stored) {
                traffic.stored(message);
            }
        });
    }

    @Override
    public Duration answersWithin() {
        return sender.answersWithin();
    }

    private OutgoingMessage translated(OutgoingMessage message) {
        return new OutgoingMessage(
                message.id(),
                broker.nameOf(message.topic()),
                message.tag(),
                message.key(),
                message.orderingKey(),
                message.contentType(),
                message.payload(),
                message.headers(),
                message.createdAtMs(),
                message.deliverAtMs());
    }
}
