package io.reliablemq.autoconfigure;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.LoggedFailure;
import io.reliablemq.consumer.spi.MessageHandler;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Observes each call of a listener's handler, in the trace that the message carries; what the handler sends, calls and logs belongs
 * to it. A call for several messages, which may come from as many traces, begins a trace of its own.
 */
final class ObservedHandler implements MessageHandler {

    private final ListenerEndpoint endpoint;
    private final ObservationRegistry registry;

    /** @param endpoint with the handler that is called */
    ObservedHandler(ListenerEndpoint endpoint, ObservationRegistry registry) {
        this.endpoint = endpoint;
        this.registry = registry;
    }

    @Override
    public PreparedMessage prepare(ReceivedMessage message) {
        return new Observed(endpoint.handler().prepare(message), message, 1);
    }

    @Override
    public List<PreparedMessage> together(List<PreparedMessage> messages) {
        List<PreparedMessage> own =
                messages.stream().map(message -> ((Observed) message).prepared).toList();
        List<PreparedMessage> calls = endpoint.handler().together(own);
        return calls.equals(own)
                ? messages
                : calls.stream()
                        .<PreparedMessage>map(call -> new Observed(call, null, messages.size()))
                        .toList();
    }

    private final class Observed implements PreparedMessage {

        private final PreparedMessage prepared;
        private final @Nullable ReceivedMessage message;
        private final int messages;

        /** @param message null when the call is for several */
        Observed(PreparedMessage prepared, @Nullable ReceivedMessage message, int messages) {
            this.prepared = prepared;
            this.message = message;
            this.messages = messages;
        }

        @Override
        public @Nullable String key() {
            return prepared.key();
        }

        @Override
        public void handle() throws Exception {
            if (registry.isNoop()) {
                prepared.handle();
                return;
            }
            Observation observation = observation().start();
            try (Observation.Scope scope = observation.openScope()) {
                prepared.handle();
            } catch (Throwable e) {
                observation.error(shown(e));
                throw e;
            } finally {
                observation.stop();
            }
        }

        private Observation observation() {
            ReceiverContext<Map<String, String>> context =
                    new ReceiverContext<>((headers, name) -> headers.get(name), Kind.CONSUMER);
            context.setCarrier(message == null ? Map.of() : message.headers());
            Observation observation = ProducerObservations.observation(
                            "process", endpoint.subscription().topic(), context, registry)
                    .lowCardinalityKeyValue(
                            "messaging.consumer.group.name",
                            endpoint.subscription().group());
            return message == null
                    ? observation.highCardinalityKeyValue("messaging.batch.message_count", "" + messages)
                    : about(message, observation);
        }

        private static Observation about(ReceivedMessage message, Observation observation) {
            observation.highCardinalityKeyValue("reliable.mq.delivery.attempt", "" + message.deliveryAttempt());
            if (message.tag() != null) {
                observation.highCardinalityKeyValue("messaging.rocketmq.message.tag", message.tag());
            }
            return message.id() == null
                    ? observation
                    : observation.highCardinalityKeyValue("messaging.message.id", message.id());
        }

        /** Traces are read by more people than messages are. */
        private static Throwable shown(Throwable failure) {
            return LoggedFailure.mayBeShown(failure) ? failure : new IllegalStateException(LoggedFailure.of(failure));
        }
    }
}
