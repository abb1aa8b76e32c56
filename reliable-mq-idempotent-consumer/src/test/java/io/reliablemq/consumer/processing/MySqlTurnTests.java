package io.reliablemq.consumer.processing;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlTurnTests extends TurnContract {

    /** The driver would send one for each commit() that it is asked for. */
    @Test
    void aMessageCostsOneCommit() {
        AtomicLong commits = new AtomicLong();
        handler = message -> commits.set(commits());
        try (MessageProcessor.Turn unused = processing.turn()) {
            assertProcessed("m1");
            long before = commits.get();
            for (String id : List.of("m2", "m3", "m4")) {
                assertProcessed(id);
            }
            assertThat(commits.get() - before).isEqualTo(3);
        }
    }

    private long commits() {
        return jdbc.queryForObject("show session status like 'Com_commit'", (row, index) -> row.getLong(2));
    }
}
