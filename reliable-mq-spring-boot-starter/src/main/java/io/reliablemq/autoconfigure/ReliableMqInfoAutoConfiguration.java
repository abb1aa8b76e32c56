package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.doctor.Doctor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is promised: a line in the log at the start, and in the info endpoint where there is one. */
@AutoConfiguration(
        after = {
            RocketMqAutoConfiguration.class,
            OutboxAutoConfiguration.class,
            ListenerAutoConfiguration.class,
            ReliableMqDoctorAutoConfiguration.class
        })
@ConditionalOnBean(RocketMqConnectionDetails.class)
public final class ReliableMqInfoAutoConfiguration {

    @Bean
    InForce reliableMqInForce(
            ObjectProvider<MessagingDataSource> dataSource,
            ObjectProvider<OutboxProperties> outbox,
            ObjectProvider<CurrentLayout> layout,
            ObjectProvider<ListenerContainers> listeners,
            ObjectProvider<RocketMqConnectionDetails> broker,
            ObjectProvider<Doctor> doctor) {
        return new InForce(new InForce.Parts(dataSource, outbox, layout, listeners, broker, doctor));
    }

    @Bean
    GuaranteesAtStartup reliableMqGuaranteesAtStartup(InForce inForce) {
        return new GuaranteesAtStartup(inForce);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({InfoContributor.class, ConditionalOnEnabledInfoContributor.class})
    static class Info {

        @Bean
        @ConditionalOnEnabledInfoContributor("reliablemq")
        InfoContributor reliableMqInfoContributor(InForce inForce) {
            return builder -> builder.withDetail("reliablemq", inForce.details());
        }
    }
}
