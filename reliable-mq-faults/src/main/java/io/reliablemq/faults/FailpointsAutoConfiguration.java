package io.reliablemq.faults;

import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.spi.MessageSender;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

/** Puts failpoints around the broker and the database of an application, if {@code reliable-mq.failpoints.enabled} says so. */
@AutoConfiguration
@ConditionalOnBooleanProperty("reliable-mq.failpoints.enabled")
@EnableConfigurationProperties(FailpointsProperties.class)
class FailpointsAutoConfiguration {

    @Bean
    static Failpoints reliableMqFailpoints(FailpointsProperties properties) {
        return properties.failpoints();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanPostProcessor reliableMqFailpointsPostProcessor(ObjectProvider<Failpoints> failpoints) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String beanName) {
                if (bean instanceof DataSource dataSource) {
                    return new FailpointDataSource(dataSource, failpoints.getObject());
                }
                if (bean instanceof MessageSender sender) {
                    return new FailpointSender(sender, failpoints.getObject());
                }
                return bean instanceof MessageReceiverFactory receivers
                        ? new FailpointReceivers(receivers, failpoints.getObject())
                        : bean;
            }
        };
    }
}
