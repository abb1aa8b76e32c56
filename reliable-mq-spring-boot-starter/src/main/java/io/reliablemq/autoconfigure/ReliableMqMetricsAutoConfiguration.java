package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Counters and timers, where Micrometer is on the class path and has a registry. */
@AutoConfiguration(
        before = {OutboxAutoConfiguration.class, ListenerAutoConfiguration.class},
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class ReliableMqMetricsAutoConfiguration {

    @Bean
    MeterRelayObserver reliableMqRelayMeters(MeterRegistry registry) {
        return new MeterRelayObserver(registry);
    }

    @Bean
    MeterWriteObserver reliableMqWriteMeters(MeterRegistry registry) {
        return new MeterWriteObserver(registry);
    }

    @Bean
    MeterDirectObserver reliableMqDirectMeters(MeterRegistry registry) {
        return new MeterDirectObserver(registry);
    }

    @Bean
    MeterOperationsObserver reliableMqOperationsMeters(MeterRegistry registry) {
        return new MeterOperationsObserver(registry);
    }

    @Bean
    MeterListenerObserver reliableMqListenerMeters(MeterRegistry registry) {
        return new MeterListenerObserver(registry);
    }

    @Bean
    MeterDeadLetterObserver reliableMqDeadLetterMeters(MeterRegistry registry) {
        return new MeterDeadLetterObserver(registry);
    }
}
