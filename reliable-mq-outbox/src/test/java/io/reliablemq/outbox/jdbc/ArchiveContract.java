package io.reliablemq.outbox.jdbc;

import static io.reliablemq.outbox.jdbc.StoreFixture.elsewhere;
import static io.reliablemq.outbox.jdbc.StoreFixture.message;
import static io.reliablemq.outbox.jdbc.StoreFixture.ordered;
import static io.reliablemq.outbox.jdbc.StoreFixture.unblocked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Fate;
import io.reliablemq.outbox.OutboxOperations.Replayed;
import io.reliablemq.outbox.operations.AuditedOperations;
import io.reliablemq.outbox.spi.ArchiveStore;
import io.reliablemq.outbox.spi.ArchiveStore.Content;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OperatorStore;
import io.reliablemq.outbox.spi.OperatorStore.Batch;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionDefinition;

/** What becomes of settled messages when they are kept, on every database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ArchiveContract {

    private static final String OUTBOX = "reliable_mq_outbox";
    private static final String ARCHIVE = "reliable_mq_outbox_archive";
    private static final LaneLayout LAYOUT = new LaneLayout(8);
    private static final Action ACTION = Action.by("operator", "the broker has lost a disk");
    private static final Archived ALL = new Archived(Fate.SENT, 0, 2_000, null);

    private StoreFixture db;
    private OutboxStore store;
    private OperatorStore operators;
    private OutboxOperations operations;
    private ArchiveStore archive;

    @BeforeAll
    void createTables(Database database) {
        db = new StoreFixture(database);
        store = db.archiving();
        operators = db.outbox.operators();
        operations = new AuditedOperations(operators, () -> LAYOUT, message -> {}, message -> message, deed -> {});
        archive = db.outbox.archive();
    }

    @BeforeEach
    void emptyTables() {
        db.empty();
    }

    // --- settle

    @Test
    void keepsEveryFieldOfWhatIsSettled() {
        OutgoingMessage full = new OutgoingMessage(
                UUID.randomUUID(), "t", "g", "k", "o", "c", new byte[] {0, -1, 39}, Map.of("h", "v\0"), 5, 7);
        // the delivery time is counted by the database's clock
        OutboxRow row = store.read(List.of(written(full).ref())).get(0);
        long before = db.now();

        assertThat(store.settle(List.of(row.ref()))).isEqualTo(1);

        assertThat(db.count(OUTBOX)).isZero();
        List<Kept> kept = kept();
        assertThat(kept).hasSize(1);
        assertThat(kept.get(0).outcome()).isEqualTo("SENT");
        assertThat(kept.get(0).archivedAtMs()).isBetween(before, db.now());
        assertThat(kept.get(0).row().ref()).isEqualTo(row.ref());
        assertThat(kept.get(0).row().message()).usingRecursiveComparison().isEqualTo(row.message());
    }

    @Test
    void keepsNothingOfWhatIsNotThere() {
        RowRef ref = written(message("orders")).ref();

        store.settle(List.of(new RowRef(ref.lane(), ref.id(), UUID.randomUUID())));
        assertThat(kept()).isEmpty();
        store.settle(List.of(ref));
        store.settle(List.of(ref));

        assertThat(kept()).hasSize(1);
    }

    @Test
    void numbersTheRowsOfALaneInTheOrderOfTheirIds() {
        List<RowRef> refs = new ArrayList<>(written(30, "orders", "k"));
        List<RowRef> shuffled = new ArrayList<>(refs);
        Collections.shuffle(shuffled, new Random(3));

        store.settle(shuffled);

        assertThat(kept()).extracting(one -> one.row().ref()).isEqualTo(refs);
    }

    /** A zombie and its successor: the one that deletes a row archives it. */
    @Test
    void keepsEachRowOnceWhenTwoProcessesSettleTheSame() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<RowRef> refs = new ArrayList<>(written(300, "orders", null));
            List<RowRef> reversed = new ArrayList<>(refs);
            Collections.reverse(reversed);
            Future<Integer> one = elsewhere(() -> inPortions(refs));
            Future<Integer> other = elsewhere(() -> inPortions(reversed));
            assertThat(one.get(20, TimeUnit.SECONDS) + other.get(20, TimeUnit.SECONDS))
                    .isEqualTo(300);
        }
        assertThat(kept()).hasSize(1500).extracting(one -> one.row().ref()).doesNotHaveDuplicates();
        assertThat(db.count(OUTBOX)).isZero();
    }

    /** PostgreSQL settles in one statement, which nobody can stop in the middle, but for its commit. */
    @Test
    void leavesRowsToAnotherProcessThatWasStoppedWhileItSettledThem() {
        assumeThat(db.outbox.dialect()).isNotEqualTo(OutboxDialect.POSTGRESQL);
        List<RowRef> refs = written(10, "orders", "k");
        db.own.transaction("settling for ever", session -> {
            for (RowMatch match : RowMatch.of(refs.subList(0, 3), db.outbox.dialect())) {
                new RowLocks(db.outbox.dialect()).takeFree(OUTBOX, match, session);
            }
            try {
                return assertThat(unblocked(() -> store.settle(refs))).isEqualTo(7);
            } catch (Exception e) {
                throw new AssertionError("One relay waits for the other", e);
            }
        });
        assertThat(db.allRefs(refs.get(0).lane())).isEqualTo(refs.subList(0, 3));

        assertThat(store.settle(refs)).isEqualTo(3);
        assertThat(kept()).hasSize(10);
        archivedAt(1_000);
        operations.replay(ALL, 100, ACTION);
        assertThat(inOutbox()).extracting(row -> row.message().id()).isEqualTo(ids(refs));
    }

    private int inPortions(List<RowRef> refs) {
        int settled = 0;
        for (int from = 0; from < refs.size(); from += 30) {
            settled += store.settle(refs.subList(from, from + 30));
        }
        return settled;
    }

    @Test
    void keepsTheRowInTheOutboxWhenTheArchiveDoesNotTakeIt() {
        RowRef ref = written(message("orders")).ref();
        db.jdbc.execute("ALTER TABLE " + ARCHIVE + " RENAME TO away");
        try {
            assertThatThrownBy(() -> store.settle(List.of(ref))).isInstanceOf(DataAccessException.class);
        } finally {
            db.jdbc.execute("ALTER TABLE away RENAME TO " + ARCHIVE);
        }
        assertThat(db.allRefs(ref.lane())).containsExactly(ref);

        assertThat(store.settle(List.of(ref))).isEqualTo(1);
        assertThat(kept()).hasSize(1);
    }

    @Test
    void movesNothingWhenItDiesBeforeTheCommit() {
        assumeThat(db.outbox.dialect())
                .as("archives in one statement, and commits a batch of these by itself")
                .isNotEqualTo(OutboxDialect.POSTGRESQL);
        List<RowRef> refs = written(500, "orders", null);

        assertThatThrownBy(() -> JdbcOutbox.on(db.dyingBeforeCommit())
                        .archiving()
                        .store()
                        .settle(refs))
                .hasStackTraceContaining("dies before the commit");

        assertThat(db.count(OUTBOX)).isEqualTo(500);
        assertThat(kept()).isEmpty();
    }

    @Test
    void movesNothingWhenItDiesBetweenTheCopyAndTheDelete() {
        assumeThat(db.outbox.dialect())
                .as("copies and deletes in one statement")
                .isNotEqualTo(OutboxDialect.POSTGRESQL);
        List<RowRef> refs = written(500, "orders", null);

        assertThatThrownBy(() -> JdbcOutbox.on(db.dyingBefore("DELETE"))
                        .archiving()
                        .store()
                        .settle(refs))
                .hasStackTraceContaining("dies before the prepareStatement");

        assertThat(db.count(OUTBOX)).isEqualTo(500);
        assertThat(kept()).isEmpty();
    }

    /** In the middle of one statement, or of a transaction. */
    @Test
    void movesAllRowsOfAKeyOrNone() {
        List<RowRef> refs = written(20, "orders", "k");
        RowRef middle = refs.get(10);
        db.jdbc.update(
                "INSERT INTO " + ARCHIVE + " (" + MessageColumns.ALL + ", outcome, archived_at_ms) SELECT "
                        + MessageColumns.ALL + ", 'SENT', 1 FROM " + OUTBOX + " WHERE id = ?",
                middle.id());
        db.jdbc.execute("ALTER TABLE " + ARCHIVE + " ADD CONSTRAINT once UNIQUE (message_id)");
        try {
            assertThatThrownBy(() -> store.settle(refs)).isInstanceOf(DataAccessException.class);
        } finally {
            db.jdbc.execute("ALTER TABLE " + ARCHIVE + " DROP CONSTRAINT once");
        }

        assertThat(db.allRefs(middle.lane())).isEqualTo(refs);
        assertThat(keptIds()).containsExactly(middle.messageId());
    }

    // --- replay

    @Test
    void replaysARangeOfOneTopicUnderTheSameIds() {
        List<UUID> before = archived("orders", 10, 999);
        List<UUID> within = archived("orders", 10, 1_000);
        archived("payments", 10, 1_500);
        within.addAll(archived("orders", 10, 1_999));
        archived("orders", 10, 2_000);
        Archived range = new Archived(Fate.SENT, 1_000, 2_000, "orders");
        assertThat(operations.count(range)).isEqualTo(20);
        assertThat(operations.replay(range, 100, ACTION.asDryRun())).isEqualTo(new Replayed(20, false));
        assertThat(operations.replay(range, 7, ACTION.asDryRun())).isEqualTo(new Replayed(7, true));
        assertThat(db.count(OUTBOX) + db.count("reliable_mq_outbox_audit")).isZero();

        assertThat(operations.replay(range, 7, ACTION)).isEqualTo(new Replayed(7, true));
        assertThat(operations.replay(range, 100, ACTION)).isEqualTo(new Replayed(13, false));
        assertThat(operations.replay(range, 100, ACTION)).isEqualTo(new Replayed(0, false));

        assertThat(inOutbox()).extracting(row -> row.message().id()).containsExactlyInAnyOrderElementsOf(within);
        assertThat(kept())
                .hasSize(30)
                .extracting(one -> one.row().ref().messageId())
                .containsAll(before);
    }

    @Test
    void givesBackEveryFieldAsItWas() {
        OutgoingMessage full = new OutgoingMessage(
                UUID.randomUUID(), "t", "g", "k", "o", "c", new byte[] {0, -1, 39}, Map.of("h", "v"), 5, 0);
        store.settle(List.of(written(full).ref()));
        archivedAt(1_000);

        operations.replay(ALL, 1, ACTION);

        assertThat(inOutbox()).hasSize(1);
        assertThat(inOutbox().get(0).message()).usingRecursiveComparison().isEqualTo(full);
    }

    /** The time in the archive says nothing about the order: the clock was set back, by an hour, in the middle. */
    @Test
    void keepsTheOrderOfEachKeyAlsoWhenTheClockWasSetBack() {
        List<List<RowRef>> keys = List.of(written(300, "orders", "a"), written(300, "orders", "b"));
        for (int i = 0; i < 300; i++) {
            for (List<RowRef> key : keys) {
                store.settle(key.subList(i, i + 1));
            }
        }
        db.jdbc.update(
                "UPDATE " + ARCHIVE + " SET archived_at_ms = CASE WHEN seq < ? THEN 1900 ELSE 100 END",
                kept().get(300).seq());

        assertThat(operations.replay(ALL, 1_000, ACTION).messages()).isEqualTo(600);

        for (List<RowRef> key : keys) {
            assertThat(inOutbox().stream().map(row -> row.message().id()).filter(ids(key)::contains))
                    .containsExactlyElementsOf(ids(key));
        }
    }

    @Test
    void archivesAReplayedMessageOnceMoreAndOnlyOnce() {
        List<UUID> ids = archived("orders", 10, 1_000);
        operations.replay(ALL, 100, ACTION);
        assertThat(kept()).isEmpty();

        store.settle(inOutbox().stream().map(OutboxRow::ref).toList());

        assertThat(kept()).extracting(one -> one.row().ref().messageId()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(operations.replay(ALL, 100, ACTION)).isEqualTo(new Replayed(0, false));
    }

    @Test
    void goesOnAfterACrashBetweenTwoBatches() {
        List<UUID> ids = archived("orders", 50, 1_000);
        Batch first = operators.replay(ALL, operators.span(ALL), 20, LAYOUT, ACTION);
        assertThat(first.end()).isFalse();
        OutboxOperations dying = new AuditedOperations(
                JdbcOutbox.on(db.dyingBeforeCommit()).operators(),
                () -> LAYOUT,
                message -> {},
                message -> message,
                deed -> {
                    throw new AssertionError("nothing was committed");
                });
        assertThatThrownBy(() -> dying.replay(ALL, 100, ACTION)).hasStackTraceContaining("dies before the commit");
        assertThat(db.count(OUTBOX)).isEqualTo(20);
        assertThat(kept()).hasSize(30);

        assertThat(operations.replay(ALL, 100, ACTION)).isEqualTo(new Replayed(30, false));

        assertThat(inOutbox()).extracting(row -> row.message().id()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(operations.audit(null, 10))
                .extracting(deed -> deed.messages().size())
                .containsExactly(30, 20);
    }

    @Test
    void replaysUpToWhatAnotherProcessWasStoppedWithAndTheRestWhenThatIsGone() {
        List<RowRef> key = written(10, "orders", "k");
        store.settle(key);
        archivedAt(1_000);
        List<Long> seqs = db.jdbc.queryForList("SELECT seq FROM " + ARCHIVE + " ORDER BY seq", Long.class);
        db.own.transaction("replaying for ever", session -> {
            new ArchiveRows(db.outbox.dialect()).lock(seqs.subList(3, 5), session);
            try {
                assertThat(unblocked(() -> operations.replay(ALL, 100, ACTION))).isEqualTo(new Replayed(3, true));
                return assertThat(unblocked(() -> operations.replay(ALL, 100, ACTION)))
                        .isEqualTo(new Replayed(0, true));
            } catch (Exception e) {
                throw new AssertionError("One operator waits for the other", e);
            }
        });

        assertThat(operations.replay(ALL, 100, ACTION)).isEqualTo(new Replayed(7, false));

        assertThat(inOutbox()).extracting(row -> row.message().id()).containsExactlyElementsOf(ids(key));
        assertThat(operations.audit(null, 10))
                .extracting(deed -> deed.messages().size())
                .containsExactly(7, 3);
    }

    @Test
    void replaysEachMessageOnceAndInOrderWhenTwoOperatorsReplayTheSame() throws Exception {
        List<RowRef> key = written(600, "orders", "k");
        store.settle(key);
        archivedAt(1_000);
        List<Future<Replayed>> both = IntStream.range(0, 2)
                .mapToObj(i -> elsewhere(() -> operations.replay(ALL, 10_000, ACTION)))
                .toList();
        long replayed = 0;
        for (Future<Replayed> one : both) {
            replayed += one.get(20, TimeUnit.SECONDS).messages();
        }

        assertThat(replayed).isEqualTo(600);
        assertThat(inOutbox()).extracting(row -> row.message().id()).containsExactlyElementsOf(ids(key));
        assertThat(kept()).isEmpty();
    }

    @Test
    void replaysFewLargeMessagesInOneTransaction() {
        List<OutgoingMessage> large = IntStream.range(0, 10)
                .mapToObj(i -> ordered("orders", "k").withPayload(new byte[1024 * 1024], "text/plain"))
                .toList();
        large.forEach(message -> store.settle(List.of(written(message).ref())));
        archivedAt(1_000);

        Batch first = operators.replay(ALL, operators.span(ALL), 200, LAYOUT, ACTION);
        assertThat(first.done().outcome().messages()).hasSize(4);
        assertThat(first.done().outcome().more()).isTrue();
        assertThat(operations.replay(ALL, 1_000, ACTION)).isEqualTo(new Replayed(6, false));

        assertThat(inOutbox())
                .extracting(row -> row.message().id())
                .containsExactlyElementsOf(
                        large.stream().map(OutgoingMessage::id).toList());
        assertThat(operations.audit(null, 10))
                .extracting(deed -> deed.messages().size())
                .containsExactly(2, 4, 4);
    }

    @Test
    void findsTheLanesAnewWhenTheirNumberHasChanged() {
        RowRef ordered = db.written(7, ordered("orders", "k")).ref();
        RowRef unordered = db.written(7, message("orders")).ref();
        store.settle(List.of(ordered, unordered));
        archivedAt(1_000);
        LaneLayout fewer = new LaneLayout(3);

        operators.replay(ALL, operators.span(ALL), 10, fewer, ACTION);

        assertThat(db.allRefs(0, 1, 2)).hasSize(2).anySatisfy(ref -> {
            assertThat(ref.messageId()).isEqualTo(ordered.messageId());
            assertThat(ref.lane()).isEqualTo(fewer.laneOf("k"));
        });
    }

    @Test
    void refusesToReplayWhatIsBeingArchived() {
        Archived untilTomorrow = new Archived(Fate.SENT, 0, db.now() + 86_400_000, null);

        assertThatThrownBy(() -> operations.replay(untilTomorrow, 10, ACTION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Let it end in the past");
    }

    /** The broker may have had both once, whatever the relay that meets them now can prove. */
    @Test
    void neverCallsAReplayedOrReleasedMessageUnsent() {
        LaneClaim claim = db.claim(3);
        RowRef released = db.written(3, message("orders")).ref();
        store.park(claim, List.of(released), "refused");
        store.release(List.of(released));
        RowRef sent = db.written(3, message("orders")).ref();
        store.settle(List.of(sent));
        archivedAt(1_000);
        operations.replay(ALL, 10, ACTION);
        List<RowRef> both = db.allRefs(3);
        assertThat(both).hasSize(2);

        store.park(claim, both, Set.copyOf(both), "refused");

        both.forEach(ref -> assertThat(cancelled(ref.messageId())).isFalse());
        RowRef fresh = db.written(3, message("orders")).ref();
        store.park(claim, List.of(fresh), Set.of(fresh), "refused");
        assertThat(cancelled(fresh.messageId())).isTrue();
    }

    private boolean cancelled(UUID id) {
        return Boolean.TRUE.equals(
                db.transaction(TransactionDefinition.ISOLATION_DEFAULT).execute(status -> store.cancel(id)));
    }

    // --- purge

    @Test
    void purgesTheOldestUpToTheLimitAndNothingYounger() {
        List<UUID> oldest = archived("orders", 5, db.now() - 120_000);
        List<UUID> old = archived("orders", 5, db.now() - 90_000);
        List<UUID> young = archived("orders", 5, db.now() - 30_000);
        Duration retention = Duration.ofMinutes(1);

        assertThat(archive.purge(retention, 5)).isEqualTo(5);
        assertThat(keptIds()).doesNotContainAnyElementsOf(oldest).containsAll(old);
        assertThat(archive.purge(retention, 100)).isEqualTo(5);
        assertThat(archive.purge(retention, 100)).isZero();

        assertThat(keptIds()).containsExactlyInAnyOrderElementsOf(young);
    }

    @Test
    void leavesThePurgeToAnotherProcessThatIsAtIt() {
        archived("orders", 10, 1_000);
        db.own.transaction("purging slowly", session -> {
            ArchiveRows rows = new ArchiveRows(db.outbox.dialect());
            assertThat(rows.purge(1_000, 5, session)).isEqualTo(5);
            try {
                return assertThat(unblocked(() -> archive.purge(Duration.ofSeconds(1), 5)))
                        .isZero();
            } catch (Exception e) {
                throw new AssertionError("One purge waits for the other", e);
            }
        });
        assertThat(kept()).hasSize(5);
    }

    /** What it archives comes right behind the rows that are deleted, and those are most of the table. */
    @Test
    void neitherPurgeNorReplayWaitForARelayThatWasStoppedWhileItArchived() {
        archived("orders", 100, 1_000);
        if (db.outbox.dialect().isMySqlFamily()) {
            db.jdbc.execute("ANALYZE TABLE " + ARCHIVE);
        }
        List<RowRef> refs = written(5, "orders", null);
        db.own.transaction("settling for ever", session -> {
            ArchiveRows rows = new ArchiveRows(db.outbox.dialect());
            assertThat(rows.settle(RowMatch.ofNeighbours(refs, db.outbox.dialect()), session))
                    .isEqualTo(5);
            try {
                assertThat(unblocked(() -> archive.purge(Duration.ofSeconds(1), 60)))
                        .isEqualTo(60);
                return assertThat(unblocked(() -> operations.replay(ALL, 100, ACTION)))
                        .isEqualTo(new Replayed(40, false));
            } catch (Exception e) {
                throw new AssertionError("Purge or replay waits for the relay", e);
            }
        });
        assertThat(keptIds()).containsExactlyInAnyOrderElementsOf(ids(refs));
    }

    @Test
    void purgesEachRowOnceWhenTwoProcessesPurge() throws Exception {
        archived("orders", 400, 1_000);
        List<Future<Integer>> both = IntStream.range(0, 2)
                .mapToObj(i -> elsewhere(() -> {
                    int purged = 0;
                    while (db.count(ARCHIVE) > 0) {
                        purged += archive.purge(Duration.ofSeconds(1), 20);
                    }
                    return purged;
                }))
                .toList();
        int purged = 0;
        for (Future<Integer> one : both) {
            purged += one.get(20, TimeUnit.SECONDS);
        }
        assertThat(purged).isEqualTo(400);
    }

    @Test
    void neitherPurgeNorBusinessNorRelayWaitForEachOther() {
        archived("orders", 20, 1_000);
        RowRef settled = written(message("orders")).ref();
        db.transaction(TransactionDefinition.ISOLATION_REPEATABLE_READ).executeWithoutResult(status -> {
            store.insert(List.of(new LaneMessage(0, message("open"))));
            db.own.transaction("purging slowly", session -> {
                ArchiveRows rows = new ArchiveRows(db.outbox.dialect());
                assertThat(rows.purge(1_000, 20, session)).isEqualTo(20);
                try {
                    assertThat(unblocked(() -> store.settle(List.of(settled)))).isEqualTo(1);
                    return assertThat(unblocked(() -> written(message("other"))))
                            .isNotNull();
                } catch (Exception e) {
                    throw new AssertionError("Somebody waits for the purge", e);
                }
            });
        });
        assertThat(keptIds()).containsExactly(settled.messageId());
    }

    @Test
    void saysHowMuchIsKeptAndForHowLong() {
        assertThat(archive.content()).isEqualTo(new Content(0, 0));
        archived("orders", 3, db.now() - 30_000);
        archived("orders", 2, db.now() - 60_000);

        assertThat(archive.content().rows()).isEqualTo(5);
        assertThat(archive.content().oldestAgeMs()).isBetween(60_000L, 120_000L);
    }

    // --- words

    /** A row of the archive. */
    private record Kept(long seq, String outcome, long archivedAtMs, OutboxRow row) {}

    private List<Kept> kept() {
        return db.own.read(
                "reading the archive",
                session -> session.query(
                        "SELECT seq, outcome, archived_at_ms, " + MessageColumns.ALL + " FROM " + ARCHIVE
                                + " ORDER BY seq",
                        parameters -> {},
                        columns -> new Kept(
                                columns.nextLong(),
                                columns.nextText(),
                                columns.nextLong(),
                                MessageColumns.row(columns))));
    }

    private List<UUID> keptIds() {
        return kept().stream().map(one -> one.row().ref().messageId()).toList();
    }

    private OutboxRow written(OutgoingMessage message) {
        String key = message.orderingKey();
        return db.written(key == null ? 0 : LAYOUT.laneOf(key), message);
    }

    private List<RowRef> written(int count, String topic, String key) {
        List<LaneMessage> messages = IntStream.range(0, count)
                .mapToObj(i -> new LaneMessage(key == null ? i % 8 : LAYOUT.laneOf(key), ordered(topic, key)))
                .toList();
        return db.written(messages).stream()
                .map(OutboxRow::ref)
                .sorted(RowMatch.BY_LANE_AND_ID)
                .toList();
    }

    /** Unordered messages, settled at that time. */
    private List<UUID> archived(String topic, int count, long atMs) {
        List<RowRef> refs = written(count, topic, null);
        long before = kept().stream().mapToLong(Kept::seq).max().orElse(0);
        store.settle(refs);
        db.jdbc.update("UPDATE " + ARCHIVE + " SET archived_at_ms = ? WHERE seq > ?", atMs, before);
        return new ArrayList<>(ids(refs));
    }

    private void archivedAt(long atMs) {
        db.jdbc.update("UPDATE " + ARCHIVE + " SET archived_at_ms = ?", atMs);
    }

    private static List<UUID> ids(List<RowRef> refs) {
        return refs.stream().map(RowRef::messageId).toList();
    }

    /** In the order of their row ids. */
    private List<OutboxRow> inOutbox() {
        Map<Integer, Long> all = IntStream.range(0, 8).boxed().collect(Collectors.toMap(lane -> lane, lane -> 0L));
        return store.readAfter(all, 10_000).stream()
                .sorted((a, b) -> Long.compare(a.ref().id(), b.ref().id()))
                .toList();
    }
}
