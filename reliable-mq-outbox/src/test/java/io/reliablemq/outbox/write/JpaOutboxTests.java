package io.reliablemq.outbox.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.TransactionRequiredException;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PostPersist;
import jakarta.persistence.PostUpdate;
import jakarta.persistence.PrePersist;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

class JpaOutboxTests {

    private static Consumer<String> onEvent = event -> {};

    private final OutboxFixture fixture = new OutboxFixture();
    private LocalContainerEntityManagerFactoryBean factoryBean;
    private EntityManagerFactory factory;
    private TransactionTemplate transaction;

    @Entity(name = "Customer")
    static class Customer {

        @Id
        private Long id;

        private String name;

        protected Customer() {}

        Customer(long id, String name) {
            this.id = id;
            this.name = name;
        }

        @PrePersist
        void prePersist() {
            onEvent.accept("pre " + name);
        }

        @PostPersist
        void postPersist() {
            onEvent.accept("post " + name);
        }

        @PostUpdate
        void postUpdate() {
            onEvent.accept("updated " + name);
        }
    }

    @BeforeEach
    void start() {
        factoryBean = new LocalContainerEntityManagerFactoryBean();
        factoryBean.setDataSource(fixture.dataSource);
        factoryBean.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factoryBean.setManagedTypes(PersistenceManagedTypes.of(Customer.class.getName()));
        factoryBean.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "create"));
        factoryBean.afterPropertiesSet();
        factory = factoryBean.getObject();
        transaction = new TransactionTemplate(manager());
    }

    private JpaTransactionManager manager() {
        JpaTransactionManager manager = new JpaTransactionManager(factory);
        manager.afterPropertiesSet();
        return OutboxFixture.listening(manager);
    }

    @AfterEach
    void stop() {
        onEvent = event -> {};
        assertThat(fixture.feed.held).isEmpty();
        factoryBean.destroy();
    }

    private EntityManager entities() {
        return EntityManagerFactoryUtils.getTransactionalEntityManager(factory);
    }

    @Test
    void commitsRowAndEntityTogether() {
        transaction.executeWithoutResult(status -> {
            entities().persist(new Customer(1, "ada"));
            fixture.send("a");
        });
        transaction.executeWithoutResult(status -> {
            entities().persist(new Customer(2, "bob"));
            fixture.send("b");
            status.setRollbackOnly();
        });

        assertThat(fixture.written()).containsExactly("a");
        assertThat(customers()).isEqualTo(1);
    }

    @Test
    void writesWhatEntityListenersSendDuringTheFlush() {
        onEvent = fixture::send;
        transaction.executeWithoutResult(status -> entities().persist(new Customer(1, "ada")));
        transaction.executeWithoutResult(status -> entities().find(Customer.class, 1L).name = "lovelace");

        assertThat(fixture.written()).containsExactly("pre ada", "post ada", "updated lovelace");
    }

    @Test
    void stopsTheCommitWhenTheFlushFails() {
        transaction.executeWithoutResult(status -> entities().persist(new Customer(1, "ada")));

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    fixture.send("a");
                    entities().persist(new Customer(1, "again"));
                }))
                .isInstanceOf(org.springframework.dao.DataIntegrityViolationException.class);
        assertThat(fixture.written()).isEmpty();
    }

    @Test
    void commitsTheInnerTransactionWhenTheOuterRollsBack() {
        TransactionTemplate requiresNew = new TransactionTemplate(transaction.getTransactionManager());
        requiresNew.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        transaction.executeWithoutResult(outer -> {
            fixture.send("outer");
            requiresNew.executeWithoutResult(inner -> fixture.send("inner"));
            outer.setRollbackOnly();
        });

        assertThat(fixture.written()).containsExactly("inner");
    }

    @Test
    void refusesATransactionManagerWithoutDataSource() {
        JpaTransactionManager without = manager();
        without.setDataSource(null);

        new TransactionTemplate(without)
                .executeWithoutResult(status -> assertThatThrownBy(() -> fixture.send("phantom"))
                        .isInstanceOf(TransactionRequiredException.class)
                        .hasMessageContaining("a JpaTransactionManager needs its dataSource set"));
    }

    @Test
    void leavesAnEntityManagerInAPlainTransactionAlone() {
        onEvent = fixture::send;
        TransactionTemplate plain =
                new TransactionTemplate(OutboxFixture.listening(new DataSourceTransactionManager(fixture.dataSource)));
        plain.executeWithoutResult(status -> {
            entities().find(Customer.class, 1L);
            fixture.send("a");
        });

        assertThat(fixture.written()).containsExactly("a");
    }

    private int customers() {
        return new JdbcTemplate(fixture.dataSource).queryForObject("SELECT COUNT(*) FROM customer", Integer.class);
    }
}
