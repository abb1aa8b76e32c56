package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.ApplicationFacts.RelayFacts;
import io.reliablemq.doctor.facts.ClusterFigures.Reader;
import io.reliablemq.doctor.facts.ListenerFacts;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/** What this application is configured to do, for the doctor. Listeners may come and go. */
record OwnSettings(
        RocketMqConnectionDetails details, RocketMqProperties rocketMq, DoctorProperties doctor, Parts parts) {

    /** Each of them may be missing. */
    record Parts(
            ObjectProvider<JdbcOutbox> outbox,
            ObjectProvider<OutboxProperties> outboxProperties,
            ObjectProvider<ListenerProperties> listenerProperties,
            ObjectProvider<ListenerContainers> listeners,
            ObjectProvider<ConsumerSettings> consumer) {}

    private static final int PROMISED_COPIES = 2;
    private static final Duration USUAL_SKEW = Duration.ofHours(1);

    ApplicationFacts facts() {
        ConsumerSettings consumer = parts.consumer().getIfAvailable();
        return new ApplicationFacts(
                copies(),
                rocketMq.requestTimeout(),
                consumer == null ? USUAL_SKEW : consumer.skewMargin(),
                details instanceof EmbeddedConnectionDetails,
                relay(),
                topics(),
                listeners());
    }

    private int copies() {
        Integer wanted = doctor.copies();
        if (wanted != null) {
            return wanted;
        }
        return details instanceof EmbeddedConnectionDetails embedded
                ? Math.min(embedded.replicas(), PROMISED_COPIES)
                : PROMISED_COPIES;
    }

    private @Nullable RelayFacts relay() {
        OutboxProperties outbox = parts.outboxProperties().getIfAvailable();
        boolean sends =
                outbox != null && outbox.relay().enabled() && parts.outbox().getIfAvailable() != null;
        return outbox == null || !sends
                ? null
                : new RelayFacts(outbox.relay().lease(), outbox.relay().shutdownTimeout(), outbox.checkedRetention());
    }

    private Set<String> topics() {
        Set<String> topics = new HashSet<>();
        ListenerProperties listener = parts.listenerProperties().getIfAvailable();
        if (listener != null) {
            String mirror = listener.deadLetters().mirrorTopic();
            if (mirror != null && !mirror.isBlank()) {
                topics.add(mirror);
            }
        }
        ListenerContainers containers = parts.listeners().getIfAvailable();
        if (containers != null) {
            endpoints(containers)
                    .map(endpoint -> endpoint.policy().mirrorTopic())
                    .filter(mirror -> mirror != null && !mirror.isBlank())
                    .forEach(topics::add);
        }
        return topics;
    }

    private static Stream<ListenerEndpoint> endpoints(ListenerContainers containers) {
        return containers.list().stream()
                .map(status -> containers.ofGroup(status.consumerGroup()))
                .flatMap(Optional::stream);
    }

    /** Who reads what, null for no listeners. */
    static List<Reader> readers(@Nullable ListenerContainers listeners) {
        return listeners == null
                ? List.of()
                : listeners.list().stream()
                        .filter(listener -> !listener.topic().startsWith("%DLQ%"))
                        .map(listener -> new Reader(listener.topic(), listener.consumerGroup()))
                        .distinct()
                        .toList();
    }

    private List<ListenerFacts> listeners() {
        ListenerContainers containers = parts.listeners().getIfAvailable();
        if (containers == null) {
            return List.of();
        }
        return endpoints(containers)
                .flatMap(endpoint -> facts(containers, endpoint))
                .distinct()
                .toList();
    }

    private Stream<ListenerFacts> facts(ListenerContainers containers, ListenerEndpoint endpoint) {
        ListenerProperties properties = parts.listenerProperties().getIfAvailable();
        if (properties == null || endpoint.subscription().topic().startsWith("%DLQ%")) {
            return Stream.empty();
        }
        return Stream.of(new ListenerFacts(
                endpoint.id(),
                endpoint.subscription().topic(),
                endpoint.subscription().group(),
                endpoint.subscription().ordered(),
                endpoint.policy().dedupWindow(),
                containers.leastDedupWindow(endpoint),
                endpoint.policy().retry().maxAttempts(),
                properties.maxUncountedDeliveries(),
                properties.deadLetters().drainBroker()));
    }
}
