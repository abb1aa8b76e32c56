package io.reliablemq.autoconfigure;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Starts a real RocketMQ in this process when {@code reliable-mq.broker.embedded.enabled} is true. */
@AutoConfiguration
@ConditionalOnProperty("reliable-mq.broker.embedded.enabled")
public final class EmbeddedBrokerAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(EmbeddedBroker.class)
    @EnableConfigurationProperties(EmbeddedBrokerProperties.class)
    static class Present {

        private static final Logger log = LoggerFactory.getLogger(EmbeddedBrokerAutoConfiguration.class);

        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        EmbeddedBroker reliableMqEmbeddedBroker(EmbeddedBrokerProperties properties, Environment environment) {
            EmbeddedBrokerSettings settings = properties.checkedSettings();
            warnInProduction(environment);
            return EmbeddedBroker.start(settings);
        }

        private static void warnInProduction(Environment environment) {
            Stream.of(environment.getActiveProfiles())
                    .filter(profile -> profile.toLowerCase(Locale.ROOT).startsWith("prod"))
                    .forEach(profile -> log.warn(
                            "reliable-mq.broker.embedded.enabled is true and the profile '{}' is active. The embedded broker is"
                                    + " for development and tests: it listens on loopback only, and all copies of a message"
                                    + " are on this machine. Set it to false and name your cluster with"
                                    + " reliable-mq.rocketmq.endpoints",
                            profile));
        }

        @Bean
        @ConditionalOnMissingBean(RocketMqConnectionDetails.class)
        RocketMqConnectionDetails reliableMqEmbeddedConnectionDetails(
                EmbeddedBroker broker, EmbeddedBrokerProperties properties) {
            return new EmbeddedConnectionDetails(broker.endpoints(), broker.nameServer(), properties.replicas());
        }

        @Bean
        SubscriptionPreparation reliableMqEmbeddedGroups(EmbeddedBroker broker) {
            return subscription -> broker.createGroup(new GroupDeclaration(
                    subscription.group(), subscription.ordered(), GroupDeclaration.NEVER_DEAD_LETTER));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("io.reliablemq.broker.embedded.EmbeddedBroker")
    static class Missing {

        @Bean
        RocketMqConnectionDetails reliableMqEmbeddedConnectionDetails() {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.broker.embedded.enabled is true, but the embedded broker is not on the class path.",
                    "Add the dependency io.reliablemq:reliable-mq-broker-embedded, or set"
                            + " reliable-mq.broker.embedded.enabled=false and name your cluster with"
                            + " reliable-mq.rocketmq.endpoints.");
        }
    }
}
