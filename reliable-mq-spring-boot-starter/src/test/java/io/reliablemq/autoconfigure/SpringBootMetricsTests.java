package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;

/** Meters and observations come by themselves where Spring Boot has a registry for them, and are not missed where it has none. */
class SpringBootMetricsTests {

    private final Database database = TestDatabase.H2.create();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    RocketMqAutoConfiguration.class,
                    ReliableMqMetricsAutoConfiguration.class,
                    ReliableMqObservationAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    ReliableMqGaugesAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    ObservationAutoConfiguration.class))
            .withBean(MessageSender.class, () -> message -> CompletableFuture.completedFuture(new SendOutcome.Stored()))
            .withPropertyValues(
                    "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.username(),
                    "spring.datasource.password=" + database.password());

    private static void send(ApplicationContext context) {
        context.getBean(Outbox.class)
                .send(OutboxMessage.to("clicks")
                        .mode(SendMode.DIRECT)
                        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                        .payload("a"));
    }

    private static boolean has(ApplicationContext context, String meter) {
        return context.getBean(MeterRegistry.class).find(meter).meter() != null;
    }

    @Test
    void comeWithSpringBootsRegistries() {
        application.run(context -> {
            send(context);
            await().until(() -> has(context, "reliable.mq.direct.send"));
            assertThat(has(context, "reliable.mq.create")).isTrue();
            assertThat(has(context, "reliable.mq.outbox.waiting")).isTrue();
            assertThat(has(context, "reliable.mq.relay.lanes")).isTrue();
        });
    }

    /** They are spans, and their meter counts those without a trace as well. */
    @Test
    void thereIsNoTimerOfTracedAttemptsAlone() {
        Queue<String> stopped = new ConcurrentLinkedQueue<>();
        ObservationHandler<Observation.Context> spans = new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                stopped.add(context.getName());
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        };
        application.withBean("spans", ObservationHandler.class, () -> spans).run(context -> {
            send(context);
            await().until(() -> stopped.contains("reliable.mq.send"));
            assertThat(has(context, "reliable.mq.send")).isFalse();
            assertThat(has(context, "reliable.mq.send.active")).isFalse();
            assertThat(has(context, "reliable.mq.create")).isTrue();
        });
    }

    @Test
    void observationsCanBeSwitchedOff() {
        application
                .withPropertyValues("management.observations.enable.reliable.mq=false")
                .run(context -> {
                    send(context);
                    await().until(() -> has(context, "reliable.mq.direct.send"));
                    assertThat(has(context, "reliable.mq.create")).isFalse();
                    assertThat(has(context, "reliable.mq.send")).isFalse();
                });
    }

    @Test
    void areNotNeeded() {
        application.withClassLoader(new FilteredClassLoader("io.micrometer")).run(context -> {
            send(context);
            assertThat(context).doesNotHaveBean("reliableMqDirectMeters");
        });
    }

    @Test
    void refusesToMeasureAllTheTime() {
        application.withPropertyValues("reliable-mq.outbox.metrics.refresh=0s").run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(ReliableMqConfigurationException.class)
                .hasMessageContaining("reliable-mq.outbox.metrics.refresh is PT0S"));
    }
}
