package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.consumer.jdbc.JdbcInbox;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.OutboxLedger;
import io.reliablemq.reconciliation.Broker;
import io.reliablemq.reconciliation.LedgerReconciliation;
import io.reliablemq.reconciliation.LedgerReconciliation.Bounds;
import io.reliablemq.reconciliation.LedgerReconciliation.Sources;
import io.reliablemq.reconciliation.Reconciliation;
import java.time.Duration;
import java.util.Arrays;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** {@link Reconciliation}: on demand, and from time to time where that is enabled. */
@AutoConfiguration(
        after = {
            OutboxAutoConfiguration.class,
            ListenerAutoConfiguration.class,
            ReliableMqMetricsAutoConfiguration.class
        })
@ConditionalOnBean(JdbcOutbox.class)
@EnableConfigurationProperties({ReconciliationProperties.class, ListenerProperties.class, DoctorProperties.class})
public final class ReliableMqReconciliationAutoConfiguration {

    @Bean
    ReconciledGroups reliableMqReconciledGroups(
            ReconciliationProperties properties,
            ListenerProperties listener,
            ObjectProvider<ListenerContainers> listeners) {
        return new ReconciledGroups(properties.checked().groups(), listeners.getIfAvailable(), listener.dedupWindow());
    }

    @Bean
    @ConditionalOnMissingBean
    Reconciliation reliableMqReconciliation(
            JdbcOutbox outbox,
            OutboxProperties outboxProperties,
            ReconciliationProperties properties,
            ReconciledGroups groups,
            MessagingDataSource dataSource,
            ListableBeanFactory beans) {
        OutboxLedger ledger = outbox.ledger();
        return new LedgerReconciliation(
                new Sources(
                        ledger,
                        outbox.view(),
                        outbox.operators(),
                        JdbcInbox.on(inbox(properties.inboxDataSource(), dataSource, beans))
                                .ledger(),
                        properties.enabled() ? new TurnKept(ledger, properties.interval()) : () -> {}),
                groups::now,
                new Bounds(
                        outboxProperties.checkedRetention(),
                        properties.window(),
                        properties.grace(),
                        properties.lateAfter(),
                        properties.named()),
                broker(beans));
    }

    /** By the name server that the doctor asks, too. Where there is none, or a namespace, nothing can be seen. */
    private static Broker broker(ListableBeanFactory beans) {
        RocketMqConnectionDetails details =
                beans.getBeanProvider(RocketMqConnectionDetails.class).getIfAvailable();
        RocketMqProperties rocketMq =
                beans.getBeanProvider(RocketMqProperties.class).getIfAvailable();
        DoctorProperties doctor = beans.getBeanProvider(DoctorProperties.class).getIfAvailable();
        return details == null || rocketMq == null || doctor == null
                ? Broker.UNSEEN
                : new DoctorSources(details, rocketMq, doctor, null, null).broker();
    }

    private static DataSource inbox(@Nullable String name, MessagingDataSource outbox, ListableBeanFactory beans) {
        if (name == null) {
            return outbox.value();
        }
        if (!beans.containsBean(name) || !beans.isTypeMatch(name, DataSource.class)) {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.reconciliation.inbox-data-source is " + name
                            + ", and no DataSource bean has that name:" + " there are "
                            + Arrays.toString(beans.getBeanNamesForType(DataSource.class)) + ".",
                    "Correct the property, or declare a DataSource bean of that name for the database of the inbox.");
        }
        return beans.getBean(name, DataSource.class);
    }

    /** As long as a comparison goes on it stays this process's turn. */
    private static final class TurnKept implements Runnable {

        private final OutboxLedger ledger;
        private final Duration interval;
        private long prolongedAt = System.nanoTime();

        TurnKept(OutboxLedger ledger, Duration interval) {
            this.ledger = ledger;
            this.interval = interval;
        }

        @Override
        public void run() {
            if (System.nanoTime() - prolongedAt > interval.toNanos() / 4) {
                ledger.prolongTurn(interval);
                prolongedAt = System.nanoTime();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "reliable-mq.reconciliation.enabled")
    static class FromTimeToTime {

        @Bean
        ReconciliationRounds reliableMqReconciliationRounds(
                Reconciliation reconciliation,
                JdbcOutbox outbox,
                ReconciliationProperties properties,
                ReconciledGroups groups) {
            return new ReconciliationRounds(reconciliation, outbox.ledger(), properties.interval(), groups);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnProperty(name = "reliable-mq.reconciliation.enabled")
    static class Meters {

        @Bean
        @ConditionalOnBean(MeterRegistry.class)
        ReconciliationGauges reliableMqReconciliationGauges(ReconciliationRounds rounds, MeterRegistry registry) {
            ReconciliationGauges gauges = new ReconciliationGauges(rounds);
            gauges.register(registry);
            return gauges;
        }
    }
}
