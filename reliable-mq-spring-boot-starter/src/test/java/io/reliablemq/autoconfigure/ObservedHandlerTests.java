package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ArgumentFailedException;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.MessageHandler;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is observed of a handler's calls; whose trace they belong to is shown by {@code TraceJourneyTests}. */
class ObservedHandlerTests {

    private final List<Observation.Context> stopped = new ArrayList<>();
    private final List<String> handled = new ArrayList<>();
    private final ObservationRegistry registry = registry();

    private ObservationRegistry registry() {
        ObservationRegistry made = ObservationRegistry.create();
        made.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }

            @Override
            public void onStop(Observation.Context context) {
                stopped.add(context);
            }
        });
        return made;
    }

    private record Call(String what, List<String> handled) implements PreparedMessage {

        @Override
        public @Nullable String key() {
            return what;
        }

        @Override
        public void handle() {
            handled.add(what);
        }
    }

    @Test
    void aMessageIsObservedByItself() throws Exception {
        MessageHandler observed = observed(message -> new Call(String.valueOf(message.id()), handled));
        PreparedMessage prepared = observed.prepare(message("m1"));
        assertThat(prepared.key()).isEqualTo("m1");
        assertThat(stopped).isEmpty();
        prepared.handle();
        assertThat(handled).containsExactly("m1");
        Observation.Context context = stopped.get(0);
        assertThat(context.getName()).isEqualTo("reliable.mq.process");
        assertThat(context.getContextualName()).isEqualTo("process orders");
        assertThat(context.getLowCardinalityKeyValue("messaging.consumer.group.name")
                        .getValue())
                .isEqualTo("stock");
        assertThat(context.getHighCardinalityKeyValue("messaging.message.id").getValue())
                .isEqualTo("m1");
        assertThat(context.getHighCardinalityKeyValue("messaging.rocketmq.message.tag")
                        .getValue())
                .isEqualTo("placed");
        assertThat(context.getHighCardinalityKeyValue("reliable.mq.delivery.attempt")
                        .getValue())
                .isEqualTo("2");
    }

    @Test
    void coalescedMessagesAreObservedOneByOne() throws Exception {
        MessageHandler observed = observed(message -> new Call(String.valueOf(message.id()), handled));
        List<PreparedMessage> prepared = List.of(observed.prepare(message("m1")), observed.prepare(message("m2")));
        for (PreparedMessage call : observed.together(prepared)) {
            call.handle();
        }
        assertThat(handled).containsExactly("m1", "m2");
        assertThat(stopped)
                .extracting(context -> context.getHighCardinalityKeyValue("messaging.message.id")
                        .getValue())
                .containsExactly("m1", "m2");
    }

    @Test
    void aCallForSeveralIsOneObservation() throws Exception {
        MessageHandler observed = observed(new MessageHandler() {
            @Override
            public PreparedMessage prepare(ReceivedMessage message) {
                return new Call(String.valueOf(message.id()), handled);
            }

            @Override
            public List<PreparedMessage> together(List<PreparedMessage> messages) {
                return List.of(new Call(
                        String.join(
                                "+", messages.stream().map(PreparedMessage::key).toList()),
                        handled));
            }
        });
        List<PreparedMessage> calls =
                observed.together(List.of(observed.prepare(message("m1")), observed.prepare(message("m2"))));
        for (PreparedMessage call : calls) {
            call.handle();
        }
        assertThat(handled).containsExactly("m1+m2");
        assertThat(stopped).hasSize(1);
        assertThat(stopped.get(0)
                        .getHighCardinalityKeyValue("messaging.batch.message_count")
                        .getValue())
                .isEqualTo("2");
        assertThat(stopped.get(0).getHighCardinalityKeyValue("messaging.message.id"))
                .isNull();
    }

    @Test
    void aFailureIsThrownAsItIsAndObservedWithoutTheMessagesContent() {
        ArgumentFailedException failure =
                new ArgumentFailedException("payload: NumberFormatException", new NumberFormatException("secret-4711"));
        MessageHandler observed = observed(message -> failing(failure));
        assertThatThrownBy(() -> observed.prepare(message("m1")).handle()).isSameAs(failure);
        assertThat(stopped.get(0).getError()).hasStackTraceContaining("NumberFormatException");
        assertThat(stopped.get(0).getError().toString()).doesNotContain("secret");
        assertThat(stopped.get(0).getError()).hasNoCause();
    }

    @Test
    void theHandlersOwnFailureIsObservedAsItIs() {
        IllegalStateException failure = new IllegalStateException("not in stock");
        MessageHandler observed = observed(message -> failing(failure));
        assertThatThrownBy(() -> observed.prepare(message("m1")).handle()).isSameAs(failure);
        assertThat(stopped.get(0).getError()).isSameAs(failure);
    }

    @Test
    void nothingIsObservedWithoutARegistry() throws Exception {
        new ObservedHandler(endpoint(message -> new Call("m1", handled)), ObservationRegistry.NOOP)
                .prepare(message("m1"))
                .handle();
        assertThat(handled).containsExactly("m1");
    }

    private static PreparedMessage failing(RuntimeException failure) {
        return new PreparedMessage() {
            @Override
            public @Nullable String key() {
                return null;
            }

            @Override
            public void handle() {
                throw failure;
            }
        };
    }

    private MessageHandler observed(MessageHandler handler) {
        return new ObservedHandler(endpoint(handler), registry);
    }

    private static ListenerEndpoint endpoint(MessageHandler handler) {
        return new ListenerEndpoint(
                "stock",
                "test",
                new Subscription("orders", "stock", "*", false, false),
                new ListenerPolicy(
                        1,
                        1,
                        true,
                        false,
                        Duration.ofDays(7),
                        new RetryPolicy(3, Duration.ofMillis(10), 2, Duration.ofMillis(100)),
                        List.of()),
                handler);
    }

    private static ReceivedMessage message(String id) {
        return new ReceivedMessage(
                id, "orders", "placed", List.of(), null, "text/plain", new byte[0], Map.of(), 0, 0, 2, "handle");
    }
}
