package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.outbox.spi.RelayObserver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Meters, where Micrometer is on the class path and has a registry. */
@AutoConfiguration(
        before = {OutboxAutoConfiguration.class, ListenerAutoConfiguration.class},
        afterName =
                "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class ReliableMqMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    RelayObserver reliableMqRelayMeters(MeterRegistry registry) {
        return new MeterRelayObserver(registry);
    }

    @Bean
    @ConditionalOnMissingBean
    ListenerObserver reliableMqListenerMeters(MeterRegistry registry) {
        return new MeterListenerObserver(registry);
    }
}
