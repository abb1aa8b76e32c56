package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.annotation.ReliableSendPostProcessor;
import io.reliablemq.outbox.direct.DirectSender;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.json.JsonPayloadConverter;
import io.reliablemq.outbox.operations.AuditedOperations;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.relay.WriteOnlyNode;
import io.reliablemq.outbox.spi.DirectObserver;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OperationsObserver;
import io.reliablemq.outbox.spi.PayloadConverter;
import io.reliablemq.outbox.spi.PayloadEncryption;
import io.reliablemq.outbox.spi.RelayFeed;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.WriteObserver;
import io.reliablemq.outbox.write.OutboxTransactionManagerPostProcessor;
import io.reliablemq.outbox.write.TransactionalOutbox;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import tools.jackson.databind.json.JsonMapper;

/** The producer side: {@code @ReliableSend}, {@link Outbox}, the relay, and the sender of direct messages. */
@AutoConfiguration(
        after = {DataSourceAutoConfiguration.class, JacksonAutoConfiguration.class, RocketMqAutoConfiguration.class})
@ConditionalOnBean(DataSource.class)
@ConditionalOnProperty(name = "reliable-mq.outbox.enabled", matchIfMissing = true)
@EnableConfigurationProperties({
    OutboxProperties.class,
    DirectProperties.class,
    PayloadProperties.class,
    SchemaProperties.class
})
@Import({DatabaseInitializationDependencyConfigurer.class, MessagingDataSourceConfiguration.class})
public final class OutboxAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(OutboxAutoConfiguration.class);

    static final String SCHEMA = "reliableMqOutboxSchema";

    @Bean(SCHEMA)
    SchemaMigration reliableMqOutboxSchema(MessagingDataSource dataSource, SchemaProperties properties) {
        return new SchemaMigration(dataSource.value(), properties.mode(), "outbox", OwnTables.OUTBOX.names());
    }

    @Bean
    @DependsOn(SCHEMA)
    JdbcOutbox reliableMqJdbcOutbox(MessagingDataSource dataSource, OutboxProperties properties) {
        JdbcOutbox outbox = JdbcOutbox.on(dataSource.value());
        return properties.archiving() ? outbox.archiving() : outbox;
    }

    /** As the database has it at start; {@link CurrentLayout} is kept up to date. */
    @Bean
    LaneLayout reliableMqLaneLayout(JdbcOutbox jdbcOutbox, OutboxProperties properties) {
        try {
            int configured = properties.relay().lanes();
            LaneLayout layout = jdbcOutbox.lanes().layout(configured);
            if (configured != layout.lanes() && configured != layout.otherLanes()) {
                log.warn(
                        "reliable-mq.outbox.relay.lanes is {}, but the database has {} lanes: those are used. The property"
                                + " counts at the very first start only. Set it to {}, or change the database's number with"
                                + " OutboxOperations.changeLanes({}, ...)",
                        configured,
                        layout.lanes(),
                        layout.lanes(),
                        configured);
            }
            return layout;
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new ReliableMqConfigurationException(
                    String.valueOf(e.getMessage()), "Correct reliable-mq.outbox.relay.lanes.");
        }
    }

    @Bean
    @ConditionalOnMissingBean
    PayloadConverter reliableMqPayloadConverter(ObjectProvider<JsonMapper> mapper, PayloadProperties payload) {
        return new JsonPayloadConverter(
                mapper.getIfAvailable(() -> JsonMapper.builder().build()), payload.checkedTypes());
    }

    @Bean
    @ConditionalOnMissingBean
    Outbox reliableMqOutbox(
            MessagingDataSource dataSource,
            JdbcOutbox jdbcOutbox,
            CurrentLayout layout,
            RelayFeed feed,
            MessageRules rules,
            PayloadConverter converter,
            ObjectProvider<PayloadEncryption> encryption,
            DirectSender direct,
            ObjectProvider<WriteObserver> observers,
            ObjectProvider<ProducerInstrumentation> instrumentation,
            OutboxProperties properties) {
        TransactionalOutbox.Builder outbox = TransactionalOutbox.on(dataSource.value())
                .store(jdbcOutbox.store())
                .layout(layout)
                .feed(feed)
                .rules(rules)
                .converter(converter)
                .handOver(properties.checkedHandOver())
                .admission(properties.admission().settings())
                .compression(properties.compression().settings())
                .encryption(encryption.getIfAvailable())
                .direct(direct)
                .observer(WriteObserver.all(observers.orderedStream().toList()));
        try {
            return new OutboxWithMode(
                    ProducerInstrumentation.around(outbox.build(), instrumentation), properties.checkedMode());
        } catch (IllegalArgumentException e) {
            throw badEncryption(e);
        }
    }

    private static ReliableMqConfigurationException badEncryption(IllegalArgumentException e) {
        return new ReliableMqConfigurationException(
                String.valueOf(e.getMessage()), "Correct the name of the PayloadEncryption bean.");
    }

    @Bean
    @ConditionalOnMissingBean
    OutboxOperations reliableMqOutboxOperations(
            JdbcOutbox jdbcOutbox,
            CurrentLayout layout,
            MessageRules rules,
            ObjectProvider<PayloadEncryption> encryption,
            OutboxProperties properties,
            ObjectProvider<OperationsObserver> observers,
            ApplicationEventPublisher events) {
        List<OperationsObserver> told = Stream.concat(observers.orderedStream(), Stream.of(events::publishEvent))
                .toList();
        try {
            return new AuditedOperations(
                    jdbcOutbox.operators(),
                    layout,
                    rules,
                    TransactionalOutbox.encoding(properties.compression().settings(), encryption.getIfAvailable()),
                    OperationsObserver.all(told));
        } catch (IllegalArgumentException e) {
            throw badEncryption(e);
        }
    }

    @Bean(destroyMethod = "")
    DirectSender reliableMqDirectSender(
            MessageSender sender,
            DirectProperties properties,
            ObjectProvider<DirectObserver> observers,
            ObjectProvider<ProducerInstrumentation> instrumentation) {
        return new DirectSender(
                ProducerInstrumentation.around(sender, instrumentation),
                properties.settings(),
                DirectObserver.all(observers.orderedStream().toList()));
    }

    @Bean
    DirectSenderLifecycle reliableMqDirectSenderLifecycle(DirectSender sender) {
        return new DirectSenderLifecycle(sender);
    }

    @Bean
    static OutboxTransactionManagerPostProcessor reliableMqTransactionManagers() {
        return new OutboxTransactionManagerPostProcessor();
    }

    @Bean
    static ReliableSendPostProcessor reliableMqReliableSend(ObjectProvider<Outbox> outbox) {
        return new ReliableSendPostProcessor(outbox::getObject);
    }

    private static RelaySettings checked(OutboxProperties properties) {
        try {
            return properties.relay().settings();
        } catch (IllegalArgumentException e) {
            throw new ReliableMqConfigurationException(
                    String.valueOf(e.getMessage()), "Correct the property reliable-mq.outbox.relay.*");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "reliable-mq.outbox.relay.enabled", matchIfMissing = true)
    static class Relaying {

        @Bean(destroyMethod = "")
        OutboxRelay reliableMqRelay(
                JdbcOutbox jdbcOutbox,
                LaneLayout layout,
                MessageSender sender,
                OutboxProperties properties,
                ObjectProvider<RelayObserver> observers,
                ObjectProvider<ProducerInstrumentation> instrumentation,
                Environment environment) {
            return new OutboxRelay(
                    jdbcOutbox.store(),
                    jdbcOutbox.lanes(),
                    layout,
                    ProducerInstrumentation.around(sender, instrumentation),
                    checked(properties),
                    RelayObserver.all(observers.orderedStream().toList()),
                    environment.getProperty("spring.application.name", "application"));
        }

        @Bean
        OutboxNodeLifecycle reliableMqRelayLifecycle(OutboxRelay relay) {
            return new OutboxNodeLifecycle(relay::start, relay::stop);
        }

        @Bean
        CurrentLayout reliableMqCurrentLayout(OutboxRelay relay) {
            return relay::layout;
        }

        @Bean
        ArchivePurgeLifecycle reliableMqArchivePurge(
                JdbcOutbox jdbcOutbox, OutboxProperties properties, ObjectProvider<RelayObserver> observers) {
            return new ArchivePurgeLifecycle(
                    jdbcOutbox.archive(),
                    properties.checkedRetention(),
                    RelayObserver.all(observers.orderedStream().toList()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(AuditApplicationEvent.class)
    static class Auditing {

        @Bean
        OutboxAuditEvents reliableMqOutboxAuditEvents(ApplicationEventPublisher events) {
            return new OutboxAuditEvents(events);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "reliable-mq.outbox.relay.enabled", havingValue = "false")
    static class WriteOnly {

        @Bean
        WriteOnlyNode reliableMqWriteOnlyNode(
                JdbcOutbox jdbcOutbox, LaneLayout layout, OutboxProperties properties, Environment environment) {
            return new WriteOnlyNode(
                    jdbcOutbox.lanes(),
                    layout,
                    environment.getProperty("spring.application.name", "application"),
                    checked(properties).lease());
        }

        @Bean
        OutboxNodeLifecycle reliableMqWriteOnlyNodeLifecycle(WriteOnlyNode node) {
            return new OutboxNodeLifecycle(node::start, node::stop);
        }

        @Bean
        CurrentLayout reliableMqCurrentLayout(WriteOnlyNode node) {
            return node::layout;
        }
    }
}
