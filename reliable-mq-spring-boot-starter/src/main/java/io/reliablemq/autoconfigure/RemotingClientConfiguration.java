package io.reliablemq.autoconfigure;

import io.reliablemq.rocketmq.remoting.RemotingConnection;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** RocketMQ through its name servers, with the classic client. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "reliable-mq.rocketmq.client", havingValue = "remoting")
class RemotingClientConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RemotingConnection.class)
    @EnableConfigurationProperties(RemotingProperties.class)
    static class Present {

        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean(RocketMqTransport.class)
        RemotingConnection reliableMqConnection(
                RocketMqConnectionDetails details,
                RocketMqProperties properties,
                RemotingProperties remoting,
                OutboxProperties outbox) {
            PropertiesConnectionDetails.requireNameServer(details.nameServer());
            try {
                return new RemotingConnection(remoting.settings(details, properties, outbox.maxDelay()));
            } catch (IllegalArgumentException e) {
                throw new ReliableMqConfigurationException(
                        "The connection to RocketMQ is not configured correctly: " + e.getMessage(),
                        "Correct the property reliable-mq.rocketmq.* or reliable-mq.rocketmq.remoting.*");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("io.reliablemq.rocketmq.remoting.RemotingConnection")
    static class Missing {

        @Bean
        @ConditionalOnMissingBean
        RocketMqTransport reliableMqConnection() {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.rocketmq.client is remoting, but io.reliablemq:reliable-mq-rocketmq-remoting is not on the"
                            + " class path.",
                    "Add the dependency io.reliablemq:reliable-mq-rocketmq-remoting, or set"
                            + " reliable-mq.rocketmq.client=grpc.");
        }
    }
}
