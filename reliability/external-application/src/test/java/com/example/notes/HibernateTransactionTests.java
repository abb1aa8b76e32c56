package com.example.notes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.notes.NotesApplication.Note;
import com.example.notes.NotesApplication.Written;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.outbox.ReliableSend;
import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.test.spring.Drain;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.orm.jpa.hibernate.HibernateTransactionManager;
import org.springframework.orm.jpa.hibernate.LocalSessionFactoryBean;
import org.springframework.transaction.annotation.Transactional;

/** Hibernate by itself, with its own transaction manager, instead of JPA. */
@SpringBootTest(classes = HibernateTransactionTests.Application.class)
@EmbeddedRocketMq
class HibernateTransactionTests {

    @Autowired
    Writer writer;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Drain drain;

    @Test
    void aNoteThatCommitsIsCopiedOnceAndOneThatRollsBackNever() {
        assertThatThrownBy(() -> writer.write("regretted", true)).hasMessage("regretted");
        writer.write("kept", false);

        drain.await();
        assertThat(copies("kept")).isOne();
        assertThat(copies("regretted")).isZero();
    }

    private int copies(String text) {
        return jdbc.sql("select count(*) from note where text = ? and copy = true")
                .param(text)
                .query(Integer.class)
                .single();
    }

    @EnableAutoConfiguration(
            exclude = {HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class})
    @Import(Writer.class)
    static class Application {

        @Bean
        LocalSessionFactoryBean sessionFactory(DataSource dataSource) {
            LocalSessionFactoryBean factory = new LocalSessionFactoryBean();
            factory.setDataSource(dataSource);
            factory.setAnnotatedClasses(Note.class);
            return factory;
        }

        @Bean
        HibernateTransactionManager transactionManager(SessionFactory sessions) {
            return new HibernateTransactionManager(sessions);
        }
    }

    static class Writer {

        private final SessionFactory sessions;

        Writer(SessionFactory sessions) {
            this.sessions = sessions;
        }

        @Transactional
        @ReliableSend(topic = "notes", key = "text")
        public Written write(String text, boolean regret) {
            sessions.getCurrentSession().persist(new Note(text, false));
            if (regret) {
                throw new IllegalStateException("regretted");
            }
            return new Written(text);
        }

        @IdempotentListener(topic = "notes", consumerGroup = "hibernate-copies")
        public void copy(Written written) {
            sessions.getCurrentSession().persist(new Note(written.text(), true));
        }
    }
}
