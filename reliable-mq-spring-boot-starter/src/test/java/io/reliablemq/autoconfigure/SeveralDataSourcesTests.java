package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.wiring.ListenerInfrastructure;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.testdatabases.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class SeveralDataSourcesTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    RocketMqAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    ListenerAutoConfiguration.class))
            .withPropertyValues("reliable-mq.rocketmq.endpoints=127.0.0.1:1", "reliable-mq.outbox.relay.enabled=false");

    @Configuration(proxyBeanMethods = false)
    static class Managers {

        @Bean
        PlatformTransactionManager ordersTransactions(@Qualifier("orders") DataSource orders) {
            return new DataSourceTransactionManager(orders);
        }

        @Bean
        @Primary
        PlatformTransactionManager reportsTransactions(@Qualifier("reports") DataSource reports) {
            return new DataSourceTransactionManager(reports);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Marked {

        @Bean
        @ReliableMqDataSource
        DataSource orders() {
            return TestDatabase.H2.create().dataSource(4);
        }

        @Bean
        @Primary
        DataSource reports() {
            return TestDatabase.H2.create().dataSource(4);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Unmarked {

        @Bean
        DataSource orders() {
            return TestDatabase.H2.create().dataSource(4);
        }

        @Bean
        DataSource reports() {
            return TestDatabase.H2.create().dataSource(4);
        }
    }

    private static TransactionTemplate transaction(PlatformTransactionManager manager) {
        return new TransactionTemplate(manager);
    }

    @Test
    void keepsItsTablesWhereItIsToldAndRefusesToSendInAnotherDataSourcesTransaction() {
        application.withUserConfiguration(Marked.class, Managers.class).run(context -> {
            Outbox outbox = context.getBean(Outbox.class);
            JdbcTemplate orders = new JdbcTemplate(context.getBean("orders", DataSource.class));
            JdbcTemplate reports = new JdbcTemplate(context.getBean("reports", DataSource.class));

            transaction(context.getBean("ordersTransactions", PlatformTransactionManager.class))
                    .executeWithoutResult(status -> outbox.send("orders", "payload"));
            transaction(context.getBean("reportsTransactions", PlatformTransactionManager.class))
                    .executeWithoutResult(status -> assertThatThrownBy(() -> outbox.send("orders", "payload"))
                            .isInstanceOf(TransactionRequiredException.class)
                            .hasMessageContaining("Nothing was sent"));

            assertThat(orders.queryForObject("SELECT COUNT(*) FROM reliable_mq_outbox", Integer.class))
                    .isEqualTo(1);
            assertThat(orders.queryForObject("SELECT COUNT(*) FROM reliable_mq_inbox", Integer.class))
                    .isZero();
            assertThat(
                            reports.queryForList(
                                    "SELECT table_name FROM information_schema.tables WHERE LOWER(table_name) LIKE 'reliable%'"))
                    .isEmpty();
        });
    }

    @Test
    void runsListenersInTheTransactionsOfThatDataSource() {
        application.withUserConfiguration(Marked.class, Managers.class).run(context -> context.getBean(
                        ListenerInfrastructure.class)
                .processor()
                .verify());
    }

    @Test
    void refusesToGuess() {
        application.withUserConfiguration(Unmarked.class, Managers.class).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOfSatisfying(ReliableMqConfigurationException.class, failure -> {
                    assertThat(failure).hasMessageContaining("orders").hasMessageContaining("reports");
                    assertThat(failure.action()).contains("@ReliableMqDataSource");
                }));
    }

    @Test
    void staysAwayWhenItIsSwitchedOff() {
        application
                .withUserConfiguration(Unmarked.class, Managers.class)
                .withPropertyValues("reliable-mq.outbox.enabled=false", "reliable-mq.listener.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Outbox.class));
    }
}
