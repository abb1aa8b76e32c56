package io.reliablemq.benchmarks.starter;

import io.reliablemq.autoconfigure.OutboxAutoConfiguration;
import io.reliablemq.autoconfigure.ReliableMqGaugesAutoConfiguration;
import io.reliablemq.autoconfigure.ReliableMqMetricsAutoConfiguration;
import io.reliablemq.autoconfigure.ReliableMqObservationAutoConfiguration;
import io.reliablemq.autoconfigure.RocketMqAutoConfiguration;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.RelayObserver;
import java.util.function.IntConsumer;
import javax.sql.DataSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** A running application without a business: the starter's relay on tables that are there, with a sender of ours. */
public final class StarterRelay implements AutoCloseable {

    /** What the application observes itself with. */
    public enum Instruments {
        /** As without Micrometer. */
        NONE,
        /** As with Spring Boot's actuator: meters, and its handler of observations, which makes timers. */
        METERS_AND_OBSERVATIONS
    }

    private final ConfigurableApplicationContext context;

    /** @param settled is told how many rows were deleted; by any thread */
    public StarterRelay(DataSource dataSource, MessageSender sender, IntConsumer settled, Instruments instruments) {
        context = new SpringApplicationBuilder(wiring(instruments))
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .properties("reliable-mq.schema.mode=none", "reliable-mq.rocketmq.endpoints=127.0.0.1:1")
                .initializers(started -> {
                    GenericApplicationContext beans = (GenericApplicationContext) started;
                    beans.registerBean(DataSource.class, () -> dataSource, bean -> bean.setDestroyMethodName(""));
                    beans.registerBean(MessageSender.class, () -> sender);
                    beans.registerBean("benchmarkObserver", RelayObserver.class, () -> new RelayObserver() {
                        @Override
                        public void settled(int rows) {
                            settled.accept(rows);
                        }
                    });
                })
                .run();
    }

    private static Class<?> wiring(Instruments instruments) {
        return instruments == Instruments.NONE ? Plain.class : Instrumented.class;
    }

    @Override
    public void close() {
        context.close();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataSourceTransactionManagerAutoConfiguration.class,
        TransactionAutoConfiguration.class,
        JacksonAutoConfiguration.class,
        RocketMqAutoConfiguration.class,
        OutboxAutoConfiguration.class
    })
    static class Plain {}

    @SpringBootConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataSourceTransactionManagerAutoConfiguration.class,
        TransactionAutoConfiguration.class,
        JacksonAutoConfiguration.class,
        MetricsAutoConfiguration.class,
        SimpleMetricsExportAutoConfiguration.class,
        CompositeMeterRegistryAutoConfiguration.class,
        ObservationAutoConfiguration.class,
        RocketMqAutoConfiguration.class,
        ReliableMqMetricsAutoConfiguration.class,
        ReliableMqObservationAutoConfiguration.class,
        OutboxAutoConfiguration.class,
        ReliableMqGaugesAutoConfiguration.class
    })
    static class Instrumented {}
}
