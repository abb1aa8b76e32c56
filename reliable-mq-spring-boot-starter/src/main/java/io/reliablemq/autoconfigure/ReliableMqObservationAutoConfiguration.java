package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Observations, where Micrometer's are on the class path and have a registry. */
@AutoConfiguration(
        before = {OutboxAutoConfiguration.class, ListenerAutoConfiguration.class},
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class ReliableMqObservationAutoConfiguration {

    @Bean
    ProducerInstrumentation reliableMqProducerObservations(ObservationRegistry registry) {
        return new ProducerObservations(registry);
    }

    @Bean
    ConsumerInstrumentation reliableMqConsumerObservations(ObservationRegistry registry) {
        return endpoint -> endpoint.withHandler(new ObservedHandler(endpoint, registry));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterObservationHandler.class)
    static class Timers {

        @Bean
        UntimedAttempts reliableMqUntimedAttempts() {
            return new UntimedAttempts();
        }
    }
}
