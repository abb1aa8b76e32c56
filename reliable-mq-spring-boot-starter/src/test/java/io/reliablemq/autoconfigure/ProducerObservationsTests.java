package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.support.TransactionTemplate;

/** The trace of a request goes with its messages, through the database and every attempt, by OpenTelemetry's own SDK. */
class ProducerObservationsTests {

    private final Database database = TestDatabase.H2.create();
    private final Queue<OutgoingMessage> attempts = new ConcurrentLinkedQueue<>();
    private final Queue<SpanData> spans = new ConcurrentLinkedQueue<>();
    private final Queue<Observation.Context> stopped = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unknown = new AtomicInteger();
    private final Tracer tracer = tracer();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    RocketMqAutoConfiguration.class,
                    ReliableMqObservationAutoConfiguration.class,
                    OutboxAutoConfiguration.class))
            .withBean(MessageSender.class, () -> message -> {
                attempts.add(message);
                return CompletableFuture.completedFuture(
                        unknown.getAndDecrement() > 0
                                ? new SendOutcome.Unknown("nobody answers")
                                : new SendOutcome.Stored());
            })
            .withPropertyValues(
                    "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.username(),
                    "spring.datasource.password=" + database.password());
    private Propagator propagator;

    private Tracer tracer() {
        io.opentelemetry.api.trace.Tracer otel = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exporter()))
                .build()
                .get("test");
        propagator = new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
        return new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
    }

    private SpanExporter exporter() {
        return new SpanExporter() {
            @Override
            public CompletableResultCode export(Collection<SpanData> batch) {
                spans.addAll(batch);
                return CompletableResultCode.ofSuccess();
            }

            @Override
            public CompletableResultCode flush() {
                return CompletableResultCode.ofSuccess();
            }

            @Override
            public CompletableResultCode shutdown() {
                return CompletableResultCode.ofSuccess();
            }
        };
    }

    private ObservationRegistry registry() {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig()
                .observationHandler(new ObservationHandler.FirstMatchingCompositeObservationHandler(
                        new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                        new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                        new DefaultTracingObservationHandler(tracer)))
                .observationHandler(new ObservationHandler<Observation.Context>() {
                    @Override
                    public boolean supportsContext(Observation.Context context) {
                        return true;
                    }

                    @Override
                    public void onStop(Observation.Context context) {
                        stopped.add(context);
                    }
                });
        return registry;
    }

    private ApplicationContextRunner traced() {
        ObservationRegistry registry = registry();
        return application.withBean(ObservationRegistry.class, () -> registry);
    }

    /** @return the id of the request's trace */
    private String inARequest(ApplicationContext context, OutboxMessage... messages) {
        Span request = tracer.nextSpan().name("request").start();
        try (Tracer.SpanInScope scope = tracer.withSpan(request)) {
            context.getBean(TransactionTemplate.class).executeWithoutResult(status -> context.getBean(Outbox.class)
                    .sendAll(List.of(messages)));
            return request.context().traceId();
        } finally {
            request.end();
        }
    }

    private SpanData span(String name) {
        await().until(() -> spans.stream().anyMatch(span -> span.getName().equals(name)));
        return spans.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<Observation.Context> stopped(String name) {
        return stopped.stream()
                .filter(context -> name.equals(context.getName()))
                .toList();
    }

    @Test
    void theTraceOfTheRequestGoesWithTheMessageThroughTheDatabase() {
        traced().run(context -> {
            String trace = inARequest(
                    context,
                    OutboxMessage.to("orders:placed").header("source", "shop").payload("a"));

            SpanData send = span("send orders");
            SpanData create = span("create orders");
            assertThat(List.of(create.getTraceId(), send.getTraceId())).containsOnly(trace);
            assertThat(create.getParentSpanId()).isEqualTo(span("request").getSpanId());
            assertThat(send.getParentSpanId()).isEqualTo(create.getSpanId());
            assertThat(create.getKind()).isEqualTo(SpanKind.PRODUCER);
            assertThat(send.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(attempts.element().headers()).containsEntry("source", "shop");
            assertThat(attempts.element().headers().get("traceparent"))
                    .startsWith("00-" + trace + "-" + create.getSpanId() + "-");
        });
    }

    @Test
    void everyAttemptIsASpanAndTheMessageStaysAsItWas() {
        unknown.set(1);
        traced().withPropertyValues("reliable-mq.outbox.relay.retry-initial=1ms")
                .run(context -> {
                    inARequest(context, OutboxMessage.to("orders").payload("a"));
                    await().until(() -> stopped("reliable.mq.send").size() == 2);

                    assertThat(stopped("reliable.mq.send"))
                            .extracting(one ->
                                    one.getLowCardinalityKeyValue("outcome").getValue())
                            .containsExactly("unknown", "stored");
                    assertThat(attempts).extracting(OutgoingMessage::headers).hasSize(2);
                    assertThat(attempts)
                            .extracting(OutgoingMessage::headers)
                            .containsOnly(attempts.element().headers());
                });
    }

    @Test
    void aTraceThatTheApplicationHasSetItselfIsLeftAlone() {
        String own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        traced().run(context -> {
            inARequest(
                    context,
                    OutboxMessage.to("orders").header("traceparent", own).payload("a"));

            assertThat(span("send orders").getParentSpanId()).isEqualTo("b7ad6b7169203331");
            assertThat(attempts.element().headers()).containsEntry("traceparent", own);
        });
    }

    @Test
    void whatGoesPastTheOutboxIsObservedToo() {
        traced().run(context -> {
            UUID id = context.getBean(Outbox.class)
                    .send(OutboxMessage.to("clicks").mode(SendMode.DIRECT).payload("a"));

            assertThat(span("send clicks").getTraceId())
                    .isEqualTo(span("create clicks").getTraceId());
            await().until(() -> stopped("reliable.mq.send").size() == 1);
            Observation.Context create = stopped("reliable.mq.create").get(0);
            assertThat(create.getLowCardinalityKeyValue("mode").getValue()).isEqualTo("direct");
            for (Observation.Context one :
                    List.of(create, stopped("reliable.mq.send").get(0))) {
                assertThat(one.getHighCardinalityKeyValue("messaging.message.id")
                                .getValue())
                        .isEqualTo(id.toString());
                assertThat(one.getLowCardinalityKeyValue("messaging.system").getValue())
                        .isEqualTo("rocketmq");
                assertThat(one.getLowCardinalityKeyValue("messaging.destination.name")
                                .getValue())
                        .isEqualTo("clicks");
            }
        });
    }

    @Test
    void aRefusedSendIsAnError() {
        traced().run(context -> {
            assertThatThrownBy(() -> inARequest(
                            context, OutboxMessage.to("orders").key(" ").payload("a")))
                    .isInstanceOf(MessageRejectedException.class);

            assertThat(stopped("reliable.mq.create").get(0).getError()).isInstanceOf(MessageRejectedException.class);
            assertThat(attempts).isEmpty();
        });
    }

    /** What business code sends outside of any trace, or in one that is not sampled, shows in the meters. */
    @Test
    void attemptsWithoutARecordedTraceAreNotObserved() {
        String unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        traced().run(context -> {
            inARequest(
                    context,
                    OutboxMessage.to("orders").header("traceparent", unsampled).payload("a"));
            await().until(() -> attempts.size() == 1);
            inARequest(context, OutboxMessage.to("invoices").payload("b"));

            span("send invoices");
            assertThat(stopped("reliable.mq.create")).hasSize(2);
            assertThat(stopped("reliable.mq.send")).hasSize(1);
        });
    }

    /** The relay must not give a send up that the broker's adapter still waits for. */
    @Test
    void anObservedSenderAnswersWithinTheSameTime() {
        MessageSender patient = new MessageSender() {
            @Override
            public CompletableFuture<SendOutcome> send(OutgoingMessage message) {
                return new CompletableFuture<>();
            }

            @Override
            public Duration answersWithin() {
                return Duration.ofMinutes(7);
            }
        };
        assertThat(new ObservedMessageSender(patient, ObservationRegistry.create()).answersWithin())
                .isEqualTo(Duration.ofMinutes(7));
    }

    @Test
    void withoutObservationsNothingIsAddedToAMessage() {
        application.run(context -> {
            inARequest(context, OutboxMessage.to("orders").payload("a"));
            await().until(() -> !attempts.isEmpty());
            assertThat(attempts.element().headers()).isEmpty();
            assertThat(spans).extracting(SpanData::getName).containsExactly("request");
        });
        application
                .withBean(ObservationRegistry.class, () -> ObservationRegistry.NOOP)
                .run(context -> {
                    attempts.clear();
                    inARequest(context, OutboxMessage.to("orders").payload("a"));
                    await().until(() -> !attempts.isEmpty());
                    assertThat(attempts.element().headers()).isEmpty();
                });
    }
}
