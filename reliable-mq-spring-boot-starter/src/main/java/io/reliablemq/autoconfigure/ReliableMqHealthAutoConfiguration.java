package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Health, where Spring Boot's health is on the class path. */
@AutoConfiguration(
        after = {OutboxAutoConfiguration.class, ListenerAutoConfiguration.class, ReliableMqDoctorAutoConfiguration.class
        })
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(RocketMqTransport.class)
@ConditionalOnEnabledHealthIndicator("reliablemq")
public final class ReliableMqHealthAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "reliableMqHealthIndicator")
    HealthIndicator reliableMqHealthIndicator(
            RocketMqTransport connection,
            ObjectProvider<OutboxRelay> relay,
            ObjectProvider<ListenerRegistry> listeners,
            ObjectProvider<Doctor> doctor) {
        return new ReliableMqHealthIndicator(
                connection, relay.getIfAvailable(), listeners.getIfAvailable(), doctor.getIfAvailable());
    }
}
