package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.rocketmq.RocketMqSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Connects the outbox and the listeners to RocketMQ. */
@AutoConfiguration(after = EmbeddedBrokerAutoConfiguration.class)
@EnableConfigurationProperties({RocketMqProperties.class, OutboxProperties.class, StartupProperties.class})
public final class RocketMqAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(RocketMqConnectionDetails.class)
    RocketMqConnectionDetails reliableMqConnectionDetails(RocketMqProperties properties) {
        return new PropertiesConnectionDetails(properties);
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    RocketMqConnection reliableMqConnection(
            RocketMqConnectionDetails details, RocketMqProperties properties, OutboxProperties outbox) {
        try {
            return new RocketMqConnection(new RocketMqSettings(
                    details.endpoints(),
                    properties.namespace(),
                    details.accessKey(),
                    details.secretKey(),
                    properties.tls(),
                    properties.requestTimeout(),
                    properties.awaitDuration(),
                    outbox.maxDelay()));
        } catch (IllegalArgumentException e) {
            throw new ReliableMqConfigurationException(
                    "The connection to RocketMQ is not configured correctly: reliable-mq.rocketmq." + e.getMessage(),
                    "Correct the property reliable-mq.rocketmq.*");
        }
    }

    @Bean
    BrokerAtStartup reliableMqBrokerAtStartup(RocketMqConnection connection, StartupProperties properties) {
        return new BrokerAtStartup(connection, properties);
    }

    @Bean
    @ConditionalOnMissingBean
    MessageSender reliableMqSender(RocketMqConnection connection) {
        return connection.sender();
    }

    @Bean
    @ConditionalOnMissingBean
    MessageRules reliableMqRules(RocketMqConnection connection) {
        return connection.rules();
    }

    @Bean
    @ConditionalOnMissingBean
    MessageReceiverFactory reliableMqReceivers(
            RocketMqConnection connection, ObjectProvider<SubscriptionPreparation> preparations) {
        return new PreparedReceivers(connection.receivers(), preparations);
    }
}
