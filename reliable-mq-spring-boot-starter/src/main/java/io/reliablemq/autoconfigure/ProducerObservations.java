package io.reliablemq.autoconfigure;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.spi.MessageSender;

/**
 * Observations of the producer side, named after OpenTelemetry's messaging conventions: {@code create} when business code sends, in
 * its trace, and {@code send} for each attempt, in the trace that the message carries.
 */
class ProducerObservations implements ProducerInstrumentation {

    private final ObservationRegistry registry;

    ProducerObservations(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Outbox around(Outbox outbox) {
        return new ObservedOutbox(outbox, registry);
    }

    @Override
    public MessageSender around(MessageSender sender) {
        return new ObservedMessageSender(sender, registry);
    }

    /** @param operation as in OpenTelemetry: create or send; process at the consumer side */
    static Observation observation(
            String operation, String topic, Observation.Context context, ObservationRegistry registry) {
        return Observation.createNotStarted("reliable.mq." + operation, () -> context, registry)
                .contextualName(operation + " " + topic)
                .lowCardinalityKeyValue("messaging.system", "rocketmq")
                .lowCardinalityKeyValue("messaging.operation.type", operation)
                .lowCardinalityKeyValue("messaging.destination.name", topic);
    }
}
