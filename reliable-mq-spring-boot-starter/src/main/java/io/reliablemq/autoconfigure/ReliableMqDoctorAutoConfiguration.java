package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.database.SentTopics;
import io.reliablemq.doctor.examination.Examination;
import io.reliablemq.doctor.facts.ClusterFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Reader;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import java.util.List;
import java.util.function.Function;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The {@link Doctor}: findings at the start, from time to time, and on demand. */
@AutoConfiguration(
        after = {
            RocketMqAutoConfiguration.class,
            OutboxAutoConfiguration.class,
            ListenerAutoConfiguration.class,
            ReliableMqMetricsAutoConfiguration.class
        })
@ConditionalOnBean(RocketMqConnectionDetails.class)
@ConditionalOnProperty(name = "reliable-mq.doctor.enabled", matchIfMissing = true)
@EnableConfigurationProperties({DoctorProperties.class, RocketMqProperties.class})
public final class ReliableMqDoctorAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Doctor reliableMqDoctor(
            RocketMqConnectionDetails details,
            RocketMqProperties rocketMq,
            DoctorProperties properties,
            ObjectProvider<MessagingDataSource> dataSource,
            ObjectProvider<JdbcOutbox> outbox,
            ObjectProvider<OutboxProperties> outboxProperties,
            ObjectProvider<ListenerProperties> listenerProperties,
            ObjectProvider<ListenerContainers> listeners,
            ObjectProvider<ConsumerSettings> consumer) {
        OwnSettings settings = new OwnSettings(
                details,
                rocketMq,
                properties.checked(),
                new OwnSettings.Parts(outbox, outboxProperties, listenerProperties, listeners, consumer));
        MessagingDataSource database = dataSource.getIfAvailable();
        DoctorSources sources = new DoctorSources(
                details, rocketMq, properties, database, database == null ? null : new SentTopics(database.value()));
        return new Examination(
                settings::facts,
                sources.database(
                        outbox.stream().findAny().isPresent(),
                        listeners.stream().findAny().isPresent()),
                sources.cluster(),
                properties.timeout());
    }

    @Bean
    DoctorRounds reliableMqDoctorRounds(Doctor doctor, DoctorProperties properties) {
        return new DoctorRounds(doctor, properties.checked(), new DoctorReport());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class Meters {

        @Bean
        @ConditionalOnBean(MeterRegistry.class)
        DoctorMeters reliableMqDoctorMeters(MeterRegistry registry, DoctorRounds rounds) {
            DoctorMeters meters = new DoctorMeters(registry);
            rounds.tell(meters::count);
            return meters;
        }

        @Bean
        @ConditionalOnBean(MeterRegistry.class)
        BrokerGauges reliableMqBrokerGauges(
                RocketMqConnectionDetails details,
                RocketMqProperties rocketMq,
                DoctorProperties properties,
                ObjectProvider<ListenerContainers> listeners,
                MeterRegistry registry) {
            Function<List<Reader>, ClusterFigures> cluster =
                    new DoctorSources(details, rocketMq, properties, null, null).figures();
            return new BrokerGauges(
                    () -> cluster.apply(OwnSettings.readers(listeners.getIfAvailable())),
                    properties.checked().figuresInterval(),
                    registry);
        }
    }
}
