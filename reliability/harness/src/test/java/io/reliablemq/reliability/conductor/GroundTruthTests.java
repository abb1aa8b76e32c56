package io.reliablemq.reliability.conductor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.reliability.checker.Event;
import io.reliablemq.reliability.checker.History;
import io.reliablemq.reliability.conductor.GroundTruth.Applied;
import io.reliablemq.reliability.conductor.GroundTruth.Progress;
import io.reliablemq.reliability.worker.EventFile;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/** On the product's own tables, and those of the workload. */
class GroundTruthTests {

    @TempDir
    Path folder;

    private final Database database = TestDatabase.H2.create();
    private Connection held;
    private Statement statement;

    @BeforeEach
    void createTables() throws SQLException {
        held = connect();
        statement = held.createStatement();
        for (String script : List.of("outbox/h2/V1__outbox.sql", "outbox/h2/V2__due.sql", "inbox/h2/V1__inbox.sql")) {
            ScriptUtils.executeSqlScript(held, new ClassPathResource("db/reliable-mq/" + script));
        }
        statement.execute(
                "create table ledger (id varchar(64), account varchar(32), seq bigint, content varchar(16), written_at bigint)");
        statement.execute(
                "create table effect (position bigint auto_increment, listener varchar(32), id varchar(64),"
                        + " account varchar(32), seq bigint, content varchar(16), worker varchar(64), row_seen boolean, written_at bigint)");
    }

    @AfterEach
    void close() throws SQLException {
        held.close();
        database.close();
    }

    @Test
    void knowsHowFarARunIs() throws Exception {
        statement.execute("insert into ledger values ('a1', 'a', 1, 'c1', 1000), ('a2', 'a', 2, 'c2', 2000)");
        effect("ordered", "a1", true);
        outboxRow("a2");

        Progress progress = new GroundTruth(this::connect).progress();

        assertThat(progress).isEqualTo(new Progress(2, 1, 1));
        assertThat(progress.owed()).isEqualTo(2 * GroundTruth.LISTENERS.size() - 1);
    }

    @Test
    void knowsWhichListenersOfWhichProcessHaveDoneSomethingSince() throws Exception {
        effect("ordered", "a1", true);
        effect("ordered", "a2", true);
        effect("single", "a1", true);
        GroundTruth truth = new GroundTruth(this::connect);

        assertThat(truth.appliedSince(1500))
                .containsExactlyInAnyOrder(new Applied("consumer-1", "ordered"), new Applied("consumer-1", "single"));
        assertThat(truth.appliedSince(1501)).isEmpty();
    }

    @Test
    void writesRowsEffectsAndWhatIsLeft() throws Exception {
        statement.execute("insert into ledger values ('a1', 'a', 1, 'c1', 1000), ('a2', 'a', 2, 'c2', 2000)");
        effect("ordered", "a1", true);
        effect("single", "a1", false);
        outboxRow("a2");

        History history = write();

        assertThat(history.listeners()).isEqualTo(GroundTruth.LISTENERS);
        assertThat(history.rows().values())
                .containsExactlyInAnyOrder(
                        new Event.Row(1000, "a1", "a", 1, "c1"), new Event.Row(2000, "a2", "a", 2, "c2"));
        Event.Row seen = new Event.Row(1500, "a1", "a", 1, "c1");
        assertThat(history.of(Event.Effect.class))
                .containsExactlyInAnyOrder(
                        new Event.Effect(1500, 1, "ordered", seen, "consumer-1", true),
                        new Event.Effect(1500, 2, "single", seen, "consumer-1", false));
        assertThat(history.left()).extracting(Event.Left::id, Event.Left::where).containsExactly(tuple("a2", "outbox"));
    }

    @Test
    void writesWhatIsDelayedParkedAndDead() throws Exception {
        statement.execute(
                "insert into reliable_mq_outbox_due (message_id, lane, topic, message_key, content_type, headers,"
                        + " payload, created_at_ms, deliver_at_ms, move_at_ms) values (random_uuid(), 0, 'ledger', 'a2', 'text', '',"
                        + " X'00', 0, 9, 9)");
        statement.execute(
                "insert into reliable_mq_outbox_parked (lane, id, message_id, topic, message_key, content_type,"
                        + " headers, payload, created_at_ms, deliver_at_ms, reason, parked_at_ms) values (0, 1, random_uuid(),"
                        + " 'ledger', 'a3', 'text', '', X'00', 0, 0, 'refused', 0)");
        statement.execute(
                "insert into reliable_mq_dead_letter (id, consumer_group, message_key, digest, topic, payload, message_keys,"
                        + " headers, created_at, deliver_at, reason, error, attempts, state, written_at) values ('1', X'61', X'61',"
                        + " X'" + "00".repeat(32) + "', 'ledger', X'00', 'a4', '', 0, 0, 'FAILED', '', 1, 'OPEN', 0)");

        assertThat(write().left())
                .extracting(Event.Left::id, Event.Left::where)
                .containsExactly(
                        tuple("a2", "delayed messages"), tuple("a3", "parked messages"), tuple("a4", "dead letters"));
    }

    private History write() throws Exception {
        Path file = folder.resolve("database.jsonl");
        try (EventFile events = new EventFile(file)) {
            new GroundTruth(this::connect).write(events);
        }
        return History.read(List.of(file));
    }

    private void effect(String listener, String id, boolean seen) throws SQLException {
        statement.execute(
                "insert into effect (listener, id, account, seq, content, worker, row_seen, written_at) values ('"
                        + listener + "', '" + id + "', 'a', 1, 'c1', 'consumer-1', " + seen + ", 1500)");
    }

    private void outboxRow(String id) throws SQLException {
        statement.execute("insert into reliable_mq_outbox (lane, message_id, topic, message_key, content_type, headers,"
                + " payload, created_at_ms, deliver_at_ms) values (0, random_uuid(), 'ledger', '" + id
                + "', 'text', '', X'00', 0, 0)");
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    }
}
