package com.example.notes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

@SpringBootTest
class NotesApplicationTests {

    @Autowired
    NotesApplication.Writer writer;

    @Autowired
    Notes notes;

    @Autowired
    JdbcClient jdbc;

    @Test
    void aNoteThatCommitsIsCopiedOnceAndOneThatRollsBackNever() {
        assertThatThrownBy(() -> writer.write("regretted", true)).hasMessage("regretted");
        writer.write("kept", false);

        await().atMost(Duration.ofSeconds(30)).until(() -> notes.countByTextAndCopy("kept", true) == 1);
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
