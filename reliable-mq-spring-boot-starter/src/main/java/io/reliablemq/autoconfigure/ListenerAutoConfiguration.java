package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetterHandler;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.consumer.handler.DeadLetterListeners;
import io.reliablemq.consumer.handler.ListenerAnnotationProcessor;
import io.reliablemq.consumer.processing.IdempotentProcessing;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.PayloadDecryption;
import io.reliablemq.consumer.wiring.ListenerInfrastructure;
import io.reliablemq.outbox.Outbox;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.messaging.converter.CompositeMessageConverter;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.json.JsonMapper;

/** The consumer side: {@code @IdempotentListener}, the inbox and the dead letters. */
@AutoConfiguration(
        after = {
            DataSourceAutoConfiguration.class,
            TransactionAutoConfiguration.class,
            JacksonAutoConfiguration.class,
            RocketMqAutoConfiguration.class
        },
        afterName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration"
        })
@ConditionalOnBean(DataSource.class)
@ConditionalOnProperty(name = "reliable-mq.listener.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ListenerProperties.class, PayloadProperties.class, SchemaProperties.class})
@Import({DatabaseInitializationDependencyConfigurer.class, MessagingDataSourceConfiguration.class})
public final class ListenerAutoConfiguration {

    static final String SCHEMA = "reliableMqInboxSchema";

    @Bean(SCHEMA)
    SchemaMigration reliableMqInboxSchema(MessagingDataSource dataSource, SchemaProperties properties) {
        return new SchemaMigration(dataSource.value(), properties.mode(), "inbox", OwnTables.INBOX.names());
    }

    @Bean
    ConsumerSettings reliableMqConsumerSettings(ListenerProperties properties, Environment environment) {
        try {
            return properties.settings(Threading.VIRTUAL.isActive(environment));
        } catch (IllegalArgumentException e) {
            throw new ReliableMqConfigurationException(
                    String.valueOf(e.getMessage()), "Correct the property reliable-mq.listener.*");
        }
    }

    @Bean
    @DependsOn(SCHEMA)
    ListenerInfrastructure reliableMqListenerInfrastructure(
            MessagingDataSource dataSource,
            ObjectProvider<PlatformTransactionManager> transactionManagers,
            @ReliableMqDataSource ObjectProvider<PlatformTransactionManager> marked,
            MessageReceiverFactory receivers,
            ConsumerSettings settings,
            ObjectProvider<ListenerObserver> observers,
            ObjectProvider<PayloadDecryption> decryptions,
            DeadLetterNotices notices,
            ListenerProperties properties,
            ObjectProvider<ConsumerInstrumentation> instrumentation) {
        try {
            return new ListenerInfrastructure(
                    dataSource.value(),
                    dataSource.transactionManager(transactionManagers, marked.getIfAvailable()),
                    receivers,
                    settings,
                    ListenerObserver.all(observers.orderedStream().toList()),
                    new ListenerInfrastructure.Options(
                            new IdempotentProcessing.Decoding(
                                    decryptions.orderedStream().toList(),
                                    Math.toIntExact(
                                            properties.maxDecompressedSize().toBytes())),
                            notices,
                            properties.deadLetters().drainBroker(),
                            properties.brokerRetention(),
                            ConsumerInstrumentation.of(instrumentation)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ReliableMqConfigurationException(
                    "Payloads could not be decoded: " + e.getMessage(),
                    "Correct the property reliable-mq.listener.max-decompressed-size, or the names of the"
                            + " PayloadDecryption beans.");
        }
    }

    @Bean
    ListenerContainers reliableMqListeners(ListenerInfrastructure infrastructure) {
        return infrastructure.containers();
    }

    @Bean
    DeadLetters reliableMqDeadLetters(ListenerInfrastructure infrastructure) {
        return infrastructure.deadLetters();
    }

    @Bean
    DeadLetterNotices reliableMqDeadLetterNotices(
            ListenerProperties properties,
            ObjectProvider<Outbox> outbox,
            ObjectProvider<DeadLetterHandler> handlers,
            ObjectProvider<DeadLetterObserver> observers,
            ApplicationEventPublisher events) {
        String topic = properties.deadLetters().mirrorTopic();
        DeadLetterMirror mirror =
                new DeadLetterMirror(outbox::getIfAvailable, topic == null || topic.isBlank() ? null : topic);
        return new DeadLetterNotices(mirror, observers, handlers, events);
    }

    @Bean
    static DeadLetterListeners reliableMqDeadLetterListeners() {
        return new DeadLetterListeners();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(AuditApplicationEvent.class)
    static class Auditing {

        @Bean
        DeadLetterAuditEvents reliableMqDeadLetterAuditEvents(ApplicationEventPublisher events) {
            return new DeadLetterAuditEvents(events);
        }
    }

    @Bean
    static ListenerAnnotationProcessor reliableMqListenerAnnotations(
            ObjectProvider<ListenerInfrastructure> infrastructure,
            ObjectProvider<JsonMapper> mapper,
            ObjectProvider<MessageConverter> converters,
            ObjectProvider<PayloadProperties> payload,
            BeanFactory beans) {
        return ListenerInfrastructure.annotationProcessor(
                infrastructure::getObject,
                () -> payloads(converters, mapper, payload.getObject()),
                () -> PayloadValidator.of(beans));
    }

    /** The application's own first. Composites are other frameworks' (WebSocket, Integration), with JSON mappers of theirs. */
    private static MessageConverter payloads(
            ObjectProvider<MessageConverter> converters, ObjectProvider<JsonMapper> mapper, PayloadProperties payload) {
        List<MessageConverter> all = new ArrayList<>(converters
                .orderedStream()
                .filter(converter -> !(converter instanceof CompositeMessageConverter))
                .toList());
        all.add(new JacksonJsonMessageConverter(
                mapper.getIfAvailable(() -> JsonMapper.builder().build())));
        return new AliasedPayloadConverter(new CompositeMessageConverter(all), payload.checkedTypes());
    }
}
