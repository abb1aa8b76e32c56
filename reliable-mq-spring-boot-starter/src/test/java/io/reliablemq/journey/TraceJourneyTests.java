package io.reliablemq.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.ServerHttpObservationFilter;

/** One trace from a request over HTTP through outbox and broker into listeners, by OpenTelemetry's own SDK. */
class TraceJourneyTests {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String CALLER = "b7ad6b7169203331";
    private static final Queue<SpanData> SPANS = new ConcurrentLinkedQueue<>();
    /** Ids of the spans that were current in a handler. */
    private static final Queue<String> CURRENT = new ConcurrentLinkedQueue<>();

    @TempDir
    static Path folder;

    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        Database database = TestDatabase.H2.create();
        application = new SpringApplicationBuilder(Tracing.class, Orders.class, Stock.class)
                .web(WebApplicationType.SERVLET)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.main.banner-mode=off",
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + database.username(),
                        "--spring.datasource.password=" + database.password(),
                        "--reliable-mq.broker.embedded.enabled=true",
                        "--reliable-mq.broker.embedded.data-directory=" + folder.resolve("broker"),
                        "--reliable-mq.broker.embedded.topics[0].name=orders",
                        "--reliable-mq.broker.embedded.topics[1].name=shipments");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Tracing {

        private final io.opentelemetry.api.trace.Tracer otel = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exporter()))
                .build()
                .get("test");

        @Bean
        Tracer tracer() {
            return new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
        }

        @Bean
        ObservationRegistry observations(Tracer tracer) {
            Propagator propagator =
                    new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
            ObservationRegistry registry = ObservationRegistry.create();
            registry.observationConfig()
                    .observationHandler(new ObservationHandler.FirstMatchingCompositeObservationHandler(
                            new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                            new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                            new DefaultTracingObservationHandler(tracer)));
            return registry;
        }

        @Bean
        ServerHttpObservationFilter requests(ObservationRegistry registry) {
            return new ServerHttpObservationFilter(registry);
        }

        private static SpanExporter exporter() {
            return new SpanExporter() {
                @Override
                public CompletableResultCode export(Collection<SpanData> batch) {
                    SPANS.addAll(batch);
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
    }

    @RestController
    static class Orders {

        private final Outbox outbox;

        Orders(Outbox outbox) {
            this.outbox = outbox;
        }

        @PostMapping("/orders")
        @Transactional
        public void place(@RequestBody String order) {
            outbox.send(OutboxMessage.to("orders:placed").payload(order));
        }
    }

    @Component
    static class Stock {

        private final Outbox outbox;
        private final Tracer tracer;

        Stock(Outbox outbox, Tracer tracer) {
            this.outbox = outbox;
            this.tracer = tracer;
        }

        @IdempotentListener(topic = "orders", consumerGroup = "stock")
        void reserve(String order) {
            CURRENT.add(tracer.currentSpan().context().spanId());
            if (order.equals("too many")) {
                throw new FatalListenerException("not in stock");
            }
            outbox.send(OutboxMessage.to("shipments").payload(order));
        }

        @IdempotentListener(topic = "shipments", consumerGroup = "shipping")
        void ship(String order) {
            CURRENT.add(tracer.currentSpan().context().spanId());
        }
    }

    @Test
    void goesFromARequestToTheLastListener() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        post("apple", trace);

        SpanData request = span("http post /orders", trace);
        SpanData created = span("create orders", trace);
        SpanData processed = span("process orders", trace);
        SpanData createdNext = span("create shipments", trace);
        SpanData processedNext = span("process shipments", trace);
        assertThat(request.getParentSpanId()).isEqualTo(CALLER);
        assertThat(created.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(span("send orders", trace).getParentSpanId()).isEqualTo(created.getSpanId());
        assertThat(processed.getParentSpanId()).isEqualTo(created.getSpanId());
        assertThat(processed.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(createdNext.getParentSpanId()).isEqualTo(processed.getSpanId());
        assertThat(processedNext.getParentSpanId()).isEqualTo(createdNext.getSpanId());
        assertThat(CURRENT).contains(processed.getSpanId(), processedNext.getSpanId());
    }

    @Test
    void showsThatAHandlerHasFailed() throws Exception {
        String trace = "1af7651916cd43dd8448eb211c80319d";
        post("too many", trace);

        SpanData processed = span("process orders", trace);
        assertThat(processed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(processed.getStatus().getDescription()).isEqualTo("not in stock");
    }

    private static void post(String order, String trace) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                        + application.getEnvironment().getProperty("local.server.port") + "/orders"))
                .header("traceparent", "00-" + trace + "-" + CALLER + "-01")
                .POST(HttpRequest.BodyPublishers.ofString(order))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    private static SpanData span(String name, String trace) {
        return await().atMost(SOON)
                .until(
                        () -> SPANS.stream()
                                .filter(span -> span.getName().equals(name)
                                        && span.getTraceId().equals(trace))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }
}
