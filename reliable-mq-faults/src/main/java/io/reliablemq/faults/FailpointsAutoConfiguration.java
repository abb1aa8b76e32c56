package io.reliablemq.faults;

import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.spi.MessageSender;
import java.sql.SQLException;
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
                    return wrapped(dataSource, failpoints.getObject());
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

    /** Once, where one is made of another. */
    private static DataSource wrapped(DataSource dataSource, Failpoints failpoints) {
        try {
            return dataSource.isWrapperFor(FailpointDataSource.class)
                    ? dataSource
                    : new FailpointDataSource(dataSource, failpoints);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "Cannot look into the data source " + dataSource.getClass().getName(), e);
        }
    }
}
