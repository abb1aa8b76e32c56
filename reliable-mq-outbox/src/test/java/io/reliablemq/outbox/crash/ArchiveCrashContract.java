package io.reliablemq.outbox.crash;

import static io.reliablemq.outbox.crash.Victim.ACTION;
import static io.reliablemq.outbox.crash.Victim.LOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Replayed;
import io.reliablemq.outbox.crash.Victim.Task;
import io.reliablemq.outbox.retention.ArchivePurge;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.KillPoint;
import io.reliablemq.testdatabases.KillPoint.Moment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed while it replays what is archived, or purges it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ArchiveCrashContract {

    private static final String ARCHIVE = "reliable_mq_outbox_archive";
    /** From the table, or from its rows that a list joins. */
    private static final String DELETE =
            "delete (reliable_mq_outbox_archive from \\(select|from reliable_mq_outbox_archive) ";

    private static final String AUDIT = "insert into reliable_mq_outbox_audit ";

    @TempDir
    static Path folder;

    private Database database;
    private Instance survivor;
    private int deaths;

    @BeforeAll
    void createTables(Database given) {
        database = CrashDatabase.create(given, folder, 4);
    }

    @BeforeEach
    void start() {
        survivor = new Instance("survivor", database);
        List.of("reliable_mq_outbox", ARCHIVE, "reliable_mq_outbox_audit", "received")
                .forEach(table -> survivor.jdbc.update("DELETE FROM " + table));
        survivor.jdbc.update("UPDATE written SET number = 0");
    }

    @AfterEach
    void stop() {
        survivor.close();
    }

    /** As if they had been sent; the broker has lost them since. */
    private List<UUID> archived(int hundreds) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < hundreds; i++) {
            List<RowRef> rows = survivor.write(Collections.nCopies(100, Instance.NAMES).stream()
                    .flatMap(List::stream)
                    .limit(100)
                    .toList());
            survivor.outbox.store().settle(rows);
            rows.forEach(row -> ids.add(row.messageId()));
        }
        return ids;
    }

    private void dies(Task task, String statement, String value, Moment moment, int nth) throws Exception {
        boolean alone = CrashDatabase.isForOneProcess(database);
        if (alone) {
            survivor.close();
        }
        Victim.dies(
                Journal.VICTIM + "-" + ++deaths, database, new KillPoint(statement, value, moment, nth), folder, task);
        if (alone) {
            survivor = new Instance("survivor", database);
        }
        if (task == Task.REPLAY) {
            survivor.relay.start();
        }
    }

    /** Batches of 200. */
    @Test
    void replaysTheRestWhenTheCallIsRepeated() throws Exception {
        List<UUID> ids = archived(9);
        survivor.jdbc.update("UPDATE " + ARCHIVE + " SET archived_at_ms = 1000");

        dies(Task.REPLAY, DELETE, "", Moment.BEFORE_STATEMENT, 1);
        assertReplayed(0);
        dies(Task.REPLAY, AUDIT, "REPLAY", Moment.AFTER_COMMIT, 1);
        assertReplayed(200);
        dies(Task.REPLAY, AUDIT, "REPLAY", Moment.BEFORE_COMMIT, 2);
        assertReplayed(400);
        dies(Task.REPLAY, AUDIT, "REPLAY", Moment.AFTER_COMMIT, 2);
        assertReplayed(800);

        assertThat(survivor.operations.replay(LOST, 1_000_000, ACTION)).isEqualTo(new Replayed(100, false));
        assertThat(survivor.operations.replay(LOST, 1_000_000, ACTION)).isEqualTo(new Replayed(0, false));
        assertThat(replayed()).containsExactlyInAnyOrderElementsOf(ids);
        Instance.until(() -> survivor.count("reliable_mq_outbox") == 0);
        survivor.checkReceived();
        assertThat(survivor.count(ARCHIVE)).as("archived anew").isEqualTo(900);
    }

    /** What is gone from the range is in the audit, and nothing else; each message is in one place. */
    private void assertReplayed(int messages) {
        assertThat(replayed()).hasSize(messages).doesNotHaveDuplicates();
        assertThat(survivor.operations.count(LOST)).isEqualTo(900 - messages);
        String both =
                "(SELECT message_id FROM reliable_mq_outbox UNION ALL SELECT message_id FROM " + ARCHIVE + ") one";
        assertThat(survivor.count(both)).isEqualTo(900);
        assertThat(survivor.count("(SELECT DISTINCT message_id FROM " + both + ") distinct_one"))
                .isEqualTo(900);
    }

    /** By the audit. */
    private List<UUID> replayed() {
        return survivor.operations.audit(null, 100).stream()
                .map(Deed::messages)
                .flatMap(List::stream)
                .toList();
    }

    /** Batches of 500. */
    @Test
    void purgesTheRestOfWhatIsOld() throws Exception {
        archived(13);
        Long firstYoung = survivor.jdbc.queryForObject(
                "SELECT seq FROM " + ARCHIVE + " ORDER BY seq LIMIT 1 OFFSET 1100", Long.class);
        survivor.jdbc.update(
                "UPDATE " + ARCHIVE + " SET archived_at_ms = archived_at_ms - ? WHERE seq < ?",
                2 * Victim.RETENTION.toMillis(),
                firstYoung);

        dies(Task.PURGE, DELETE, "", Moment.BEFORE_STATEMENT, 1);
        assertThat(survivor.count(ARCHIVE)).isEqualTo(1300);
        dies(Task.PURGE, DELETE, "", Moment.AFTER_COMMIT, 1);
        assertThat(survivor.count(ARCHIVE)).isEqualTo(800);
        dies(Task.PURGE, DELETE, "", Moment.BEFORE_COMMIT, 2);
        assertThat(survivor.count(ARCHIVE)).isEqualTo(300);

        ArchivePurge purge = new ArchivePurge(
                survivor.outbox.archive(), Victim.RETENTION, Duration.ofMillis(20), RelayObserver.NONE);
        purge.start();
        Instance.until(() -> survivor.count(ARCHIVE) == 200);
        purge.stop(Duration.ofSeconds(5));
        assertThat(survivor.count(ARCHIVE + " WHERE seq >= " + firstYoung)).isEqualTo(200);
        assertThat(survivor.operations.audit(null, 1)).isEmpty();
    }
}
