package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.ListenerRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Gauges of the consumer side. After it, because they look at what is there. */
@AutoConfiguration(after = {ListenerAutoConfiguration.class, ReliableMqMetricsAutoConfiguration.class})
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, ListenerRegistry.class, DeadLetters.class})
public final class ReliableMqListenerGaugesAutoConfiguration {

    @Bean
    ListenerGauges reliableMqListenerGauges(
            ListenerRegistry listeners,
            DeadLetters deadLetters,
            ListenerProperties properties,
            MeterRegistry registry) {
        return new ListenerGauges(listeners, deadLetters, properties.checkedRefresh(), registry);
    }
}
