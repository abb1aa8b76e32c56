package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Connects the outbox and the listeners to RocketMQ. */
@AutoConfiguration(after = EmbeddedBrokerAutoConfiguration.class)
@Import({GrpcClientConfiguration.class, RemotingClientConfiguration.class})
@EnableConfigurationProperties({RocketMqProperties.class, OutboxProperties.class, StartupProperties.class})
public final class RocketMqAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(RocketMqConnectionDetails.class)
    RocketMqConnectionDetails reliableMqConnectionDetails(RocketMqProperties properties) {
        return new PropertiesConnectionDetails(properties);
    }

    @Bean
    BrokerAtStartup reliableMqBrokerAtStartup(RocketMqTransport connection, StartupProperties properties) {
        return new BrokerAtStartup(connection, properties);
    }

    @Bean
    @ConditionalOnMissingBean
    MessageSender reliableMqSender(RocketMqTransport connection) {
        return connection.sender();
    }

    @Bean
    @ConditionalOnMissingBean
    MessageRules reliableMqRules(RocketMqTransport connection) {
        return connection.rules();
    }

    @Bean
    @ConditionalOnMissingBean
    MessageReceiverFactory reliableMqReceivers(
            RocketMqTransport connection, ObjectProvider<SubscriptionPreparation> preparations) {
        return new PreparedReceivers(connection.receivers(), preparations);
    }
}
