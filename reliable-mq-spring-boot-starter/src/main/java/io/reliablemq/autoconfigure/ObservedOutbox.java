package io.reliablemq.autoconfigure;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import io.reliablemq.outbox.Cancellation;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Observes each message that business code sends. Tracing writes its headers ({@code traceparent}) into the message, where the
 * application has not set them itself.
 */
class ObservedOutbox implements Outbox {

    private final Outbox outbox;
    private final ObservationRegistry registry;

    ObservedOutbox(Outbox outbox, ObservationRegistry registry) {
        this.outbox = outbox;
        this.registry = registry;
    }

    @Override
    public UUID send(OutboxMessage message) {
        return sendAll(List.of(message)).get(0);
    }

    @Override
    public List<UUID> sendAll(Collection<OutboxMessage> messages) {
        if (registry.isNoop() || messages.isEmpty()) {
            return outbox.sendAll(messages);
        }
        List<Observation> observations = new ArrayList<>();
        try {
            List<OutboxMessage> traced = messages.stream()
                    .map(message -> traced(message, observations))
                    .toList();
            List<UUID> ids = outbox.sendAll(traced);
            for (int i = 0; i < ids.size(); i++) {
                observations
                        .get(i)
                        .highCardinalityKeyValue(
                                "messaging.message.id", ids.get(i).toString());
            }
            return ids;
        } catch (RuntimeException | Error e) {
            observations.forEach(observation -> observation.error(e));
            throw e;
        } finally {
            observations.forEach(Observation::stop);
        }
    }

    private OutboxMessage traced(OutboxMessage message, List<Observation> observations) {
        Map<String, String> headers = new LinkedHashMap<>(message.headers());
        SenderContext<Map<String, String>> context = new SenderContext<>(
                (carrier, name, value) -> {
                    if (carrier != null) {
                        carrier.putIfAbsent(name, value);
                    }
                },
                Kind.PRODUCER);
        context.setCarrier(headers);
        observations.add(ProducerObservations.observation("create", message.topic(), context, registry)
                .lowCardinalityKeyValue("mode", message.mode().name().toLowerCase(Locale.ROOT))
                .start());
        return message.withHeaders(headers);
    }

    @Override
    public Cancellation cancel(UUID messageId) {
        return outbox.cancel(messageId);
    }
}
