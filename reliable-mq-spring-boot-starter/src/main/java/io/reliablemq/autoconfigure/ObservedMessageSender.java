package io.reliablemq.autoconfigure;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Observes each attempt to send a message that carries a recorded trace, as a child of it. Of others there would be a trace without
 * a beginning, and the meters say how many there are and how long they take. The message itself is not touched: an attempt that is
 * made again is sent as it was.
 */
class ObservedMessageSender implements MessageSender {

    private final MessageSender sender;
    private final ObservationRegistry registry;

    ObservedMessageSender(MessageSender sender, ObservationRegistry registry) {
        this.sender = sender;
        this.registry = registry;
    }

    @Override
    public CompletionStage<SendOutcome> send(OutgoingMessage message) {
        if (registry.isNoop() || !RecordedTrace.isIn(message.headers())) {
            return sender.send(message);
        }
        Observation observation = observation(message).start();
        try {
            return sender.send(message).whenComplete((outcome, error) -> end(observation, outcome, error));
        } catch (RuntimeException | Error e) {
            end(observation, null, e);
            throw e;
        }
    }

    @Override
    public Duration answersWithin() {
        return sender.answersWithin();
    }

    private Observation observation(OutgoingMessage message) {
        AttemptContext context = new AttemptContext(message.headers());
        Observation observation = ProducerObservations.observation("send", message.topic(), context, registry)
                .lowCardinalityKeyValue("outcome", "unknown")
                .highCardinalityKeyValue("messaging.message.id", message.id().toString())
                .highCardinalityKeyValue("messaging.message.body.size", "" + message.payload().length);
        return message.tag() == null
                ? observation
                : observation.highCardinalityKeyValue("messaging.rocketmq.message.tag", message.tag());
    }

    private static void end(Observation observation, @Nullable SendOutcome outcome, @Nullable Throwable error) {
        if (error != null) {
            observation.error(error);
        } else if (outcome instanceof SendOutcome.Stored) {
            observation.lowCardinalityKeyValue("outcome", "stored");
        } else if (outcome instanceof SendOutcome.Refused) {
            observation.lowCardinalityKeyValue("outcome", "refused");
        } else if (outcome instanceof SendOutcome.Busy) {
            observation.lowCardinalityKeyValue("outcome", "busy");
        }
        observation.stop();
    }
}
