package io.reliablemq.autoconfigure;

import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.rocketmq.RocketMqSettings;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** RocketMQ through its gRPC proxies. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "reliable-mq.rocketmq.client", havingValue = "grpc", matchIfMissing = true)
class GrpcClientConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RocketMqConnection.class)
    static class Present {

        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean(RocketMqTransport.class)
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
                        "The connection to RocketMQ is not configured correctly: reliable-mq.rocketmq."
                                + e.getMessage(),
                        "Correct the property reliable-mq.rocketmq.*");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("io.reliablemq.rocketmq.RocketMqConnection")
    static class Missing {

        @Bean
        @ConditionalOnMissingBean
        RocketMqTransport reliableMqConnection() {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.rocketmq.client is grpc, but io.reliablemq:reliable-mq-rocketmq is not on the class path.",
                    "Do not exclude io.reliablemq:reliable-mq-rocketmq from the starter, or add"
                            + " io.reliablemq:reliable-mq-rocketmq-remoting and set reliable-mq.rocketmq.client=remoting.");
        }
    }
}
