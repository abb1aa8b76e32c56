package com.example.notes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.test.spring.Drain;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

@SpringBootTest
@EmbeddedRocketMq
class NotesApplicationTests {

    @Autowired
    NotesApplication.Writer writer;

    @Autowired
    Notes notes;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Drain drain;

    @Test
    void aNoteThatCommitsIsCopiedOnceAndOneThatRollsBackNever() {
        assertThatThrownBy(() -> writer.write("regretted", true)).hasMessage("regretted");
        writer.write("kept", false);

        drain.await();
        assertThat(notes.countByTextAndCopy("kept", true)).isOne();
        assertThat(notes.countByTextAndCopy("regretted", true)).isZero();
    }

    @Test
    void bothHistoriesOfMigrationsStandSideBySide() {
        assertThat(jdbc.sql("select count(*) from \"flyway_schema_history\"")
                        .query(Integer.class)
                        .single())
                .isPositive();
        assertThat(jdbc.sql("select count(*) from \"reliable_mq_outbox_history\"")
                        .query(Integer.class)
                        .single())
                .isPositive();
    }
}
