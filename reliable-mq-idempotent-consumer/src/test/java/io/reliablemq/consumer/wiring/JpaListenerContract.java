package io.reliablemq.consumer.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.Forgetting;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.Messages;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.orm.jpa.DefaultJpaDialect;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

/** Handlers that work through an entity manager, on every database. */
abstract class JpaListenerContract extends ListenerFixture {

    private final LocalContainerEntityManagerFactoryBean factoryBean = new LocalContainerEntityManagerFactoryBean();
    private EntityManager entities;

    @Entity(name = "Effect")
    @Table(name = "effect")
    static class Effect {

        @Id
        private String message;

        protected Effect() {}

        Effect(String message) {
            this.message = message;
        }
    }

    @Entity(name = "Stock")
    @Table(name = "stock")
    static class Stock {

        @Id
        private Long id;

        private int pieces;

        protected Stock() {}

        Stock(long id) {
            this.id = id;
        }
    }

    @BeforeEach
    void startJpa() {
        factoryBean.setDataSource(dataSource);
        factoryBean.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factoryBean.setManagedTypes(PersistenceManagedTypes.of(Effect.class.getName(), Stock.class.getName()));
        jdbc.update("create table if not exists stock (id bigint primary key, pieces int not null)");
        jdbc.update("delete from stock");
        jdbc.update("insert into stock values (1, 0)");
        factoryBean.setJpaPropertyMap(Map.of("jakarta.persistence.validation.mode", "none"));
        factoryBean.afterPropertiesSet();
        EntityManagerFactory factory = factoryBean.getObject();
        entities = SharedEntityManagerCreator.createSharedEntityManager(factory);
        JpaTransactionManager manager = new JpaTransactionManager(factory);
        manager.afterPropertiesSet();
        infrastructure = infrastructure(Duration.ofSeconds(60), manager);
    }

    @AfterEach
    void stopJpa() {
        close();
        factoryBean.destroy();
    }

    class Persisting {
        @IdempotentListener(topic = "orders", consumerGroup = "g")
        void on(String text) {
            entities.persist(new Effect(text));
            entities.persist(new Stock(text.charAt(0)));
        }
    }

    @Test
    void commitsTheEntityWithTheDedupRecordOrNeither() {
        broker.loseAcknowledgements = 3;
        broker.publish(Messages.message("m1", "one"));
        broker.publish(Messages.message("m2", "two"));
        broker.publish(Messages.message("m3", "x, first"));
        run(new Persisting());
        drained();
        // its flush fails, which is at the commit
        broker.publish(Messages.message("m4", "x, second"));

        drained();
        assertThat(effects()).containsExactlyInAnyOrder("one", "two", "x, first");
        assertThat(jdbc.queryForObject("select count(*) from reliable_mq_inbox where state = 'DONE'", Integer.class))
                .isEqualTo(3);
        assertThat(infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10))
                .extracting(DeadLetter::messageId, DeadLetter::attempts)
                .containsExactly(tuple("m4", 3));
    }

    class Counting {
        final List<Integer> seen = Collections.synchronizedList(new ArrayList<>());

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", coalesce = "16")
        void on(String text) {
            seen.add(entities.find(Stock.class, 1L).pieces);
            // past the entity that is managed now
            entities.createQuery("update Stock s set s.pieces = s.pieces + 1").executeUpdate();
            entities.persist(new Effect(text));
        }
    }

    @Test
    void aMessageSeesNoEntityThatAnotherOfItsTransactionHasRead() {
        IntStream.range(0, 32).forEach(index -> broker.publish(Messages.message("m" + index, "t" + index)));
        Counting listener = new Counting();
        run(listener);

        drained();
        assertThat(effects()).hasSize(32);
        assertThat(listener.seen)
                .containsExactlyElementsOf(IntStream.range(0, 32).boxed().toList());
    }

    class Changing {
        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", coalesce = "16")
        void on(String text) {
            Integer before = jdbc.queryForObject("select pieces from stock where id = 1", Integer.class);
            Stock stock = entities.find(Stock.class, 1L);
            stock.pieces++;
            jdbc.update("insert into effect values (?)", String.valueOf(before));
        }
    }

    @Test
    void aMessageSeesInTheDatabaseWhatAnotherOfItsTransactionHasChanged() {
        IntStream.range(0, 32).forEach(index -> broker.publish(Messages.message("m" + index, "t" + index)));
        run(new Changing());

        drained();
        assertThat(effects())
                .containsExactlyElementsOf(
                        IntStream.range(0, 32).mapToObj(Integer::toString).toList());
    }

    /** Its isolation is what Hibernate's dialect can set, and that of plain JPA cannot. */
    @Test
    void oldRecordsArePurgedWhateverTheDialectOfJpaCan() {
        JpaTransactionManager plain = new JpaTransactionManager(Objects.requireNonNull(factoryBean.getObject()));
        plain.setJpaDialect(new DefaultJpaDialect());
        ListenerInfrastructure hibernates = infrastructure;

        Forgetting.atOnce(jdbc, "g");
        for (ListenerInfrastructure one : List.of(hibernates, infrastructure(Duration.ofSeconds(60), plain))) {
            jdbc.update(
                    "insert into reliable_mq_inbox (consumer_group, message_key, digest, state, processed_at)"
                            + " values (?, ?, ?, 'DONE', 0)",
                    "g".getBytes(UTF_8),
                    "old".getBytes(UTF_8),
                    new byte[32]);
            assertThat(one.processor().purge("g", Duration.ofDays(7))).isEqualTo(1);
        }
    }
}
