package io.reliablemq.outbox.jdbc;

import static io.reliablemq.outbox.jdbc.StoreFixture.elsewhere;
import static io.reliablemq.outbox.jdbc.StoreFixture.message;
import static io.reliablemq.outbox.jdbc.StoreFixture.ordered;
import static io.reliablemq.outbox.jdbc.StoreFixture.unblocked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.IdRange;
import io.reliablemq.outbox.spi.OutboxStore.Page;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import io.reliablemq.outbox.spi.OutboxStore.ParkedMessage;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.testdatabases.Database;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** What an outbox store must do, on every database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutboxStoreContract {

    private static final int LANE = 3;

    private StoreFixture db;
    private OutboxStore store;

    @BeforeAll
    void createTables(Database database) {
        db = new StoreFixture(database);
        store = store(db);
    }

    OutboxStore store(StoreFixture fixture) {
        return fixture.store;
    }

    @BeforeEach
    void emptyTables() {
        db.empty();
    }

    // --- insert

    @Test
    void writesWithinTheBusinessTransaction() {
        db.transaction(TransactionDefinition.ISOLATION_DEFAULT).executeWithoutResult(status -> {
            store.insert(List.of(new LaneMessage(LANE, message("orders"))));
            status.setRollbackOnly();
        });
        assertThat(db.allRefs(LANE)).isEmpty();

        OutboxRow row = db.written(LANE, message("orders"));
        assertThat(db.allRefs(LANE)).containsExactly(row.ref());
    }

    @Test
    void refusesToWriteWithoutATransaction() {
        assertThatThrownBy(() -> store.insert(List.of(new LaneMessage(LANE, message("orders")))))
                .isInstanceOf(TransactionRequiredException.class)
                .hasMessageContaining("nothing was written");
        assertThat(db.allRefs(LANE)).isEmpty();
    }

    @Test
    void readsAndSettlesOutsideTheBusinessTransactionEvenBehindASpringProxy() {
        JdbcOutbox behindProxy = JdbcOutbox.on(new TransactionAwareDataSourceProxy(db.dataSource));
        db.transaction(TransactionDefinition.ISOLATION_DEFAULT).executeWithoutResult(status -> {
            behindProxy.store().insert(List.of(new LaneMessage(LANE, message("orders"))));
            assertThat(behindProxy.store().readAfter(Map.of(LANE, 0L), 10)).isEmpty();
        });
        assertThat(behindProxy.store().readAfter(Map.of(LANE, 0L), 10)).hasSize(1);
    }

    @Test
    void pairsAThousandRowsWithTheirMessagesById() {
        Random random = new Random(7);
        List<LaneMessage> messages = IntStream.range(0, 1000)
                .mapToObj(i -> new LaneMessage(random.nextInt(16), message("orders")))
                .toList();

        List<OutboxRow> written = db.written(messages);

        assertThat(written).hasSize(1000).allSatisfy(row -> {
            assertThat(row.ref().messageId()).isEqualTo(row.message().id());
            assertThat(text(row)).isEqualTo(row.message().id().toString());
        });
        List<OutboxRow> read = store.read(refs(written));
        assertThat(read).hasSize(1000);
        assertThat(refs(read))
                .hasSameElementsAs(refs(written))
                .isSortedAccordingTo(Comparator.comparingLong(RowRef::id));
        read.forEach(
                row -> assertThat(text(row)).isEqualTo(row.ref().messageId().toString()));
    }

    @Test
    void pairsRowsWhileOthersWriteInBetween() throws Exception {
        List<Future<List<OutboxRow>>> writers = IntStream.range(0, 4)
                .mapToObj(writer -> elsewhere(() -> {
                    List<OutboxRow> rows = new ArrayList<>();
                    for (int i = 0; i < 25; i++) {
                        rows.addAll(db.written(Collections.nCopies(4, 0).stream()
                                .map(lane -> new LaneMessage(lane, message("orders")))
                                .toList()));
                    }
                    return rows;
                }))
                .toList();
        List<OutboxRow> written = new ArrayList<>();
        for (Future<List<OutboxRow>> writer : writers) {
            written.addAll(writer.get(20, TimeUnit.SECONDS));
        }
        assertThat(db.allRefs(0)).hasSameElementsAs(refs(written)).hasSize(400);
    }

    @Test
    void writesSeveralMessagesOfTheLargestSize() {
        List<LaneMessage> messages = IntStream.range(0, 3)
                .mapToObj(i -> new LaneMessage(LANE, withPayload(random(4 << 20, i))))
                .toList();

        List<OutboxRow> written = db.written(messages);

        List<OutboxRow> read = store.read(refs(written));
        assertThat(read).hasSize(3);
        for (LaneMessage expected : messages) {
            OutboxRow row = read.stream()
                    .filter(one -> one.message().id().equals(expected.message().id()))
                    .findFirst()
                    .orElseThrow();
            assertThat(Arrays.equals(row.message().payload(), expected.message().payload()))
                    .isTrue();
        }
    }

    @Test
    void refusesWhatDoesNotFitInsteadOfCuttingIt() {
        String long256 = "x".repeat(256);
        String long1025 = "x".repeat(1025);
        List<OutgoingMessage> tooLong = List.of(
                named(long256, "tag", "key", "by", "text/plain"),
                named("topic", long256, "key", "by", "text/plain"),
                named("topic", "tag", long1025, "by", "text/plain"),
                named("topic", "tag", "key", long256, "text/plain"),
                named("topic", "tag", "key", "by", long256));
        for (OutgoingMessage bad : tooLong) {
            assertThatThrownBy(() ->
                            db.written(List.of(new LaneMessage(LANE, message("orders")), new LaneMessage(LANE, bad))))
                    .isInstanceOf(MessageRejectedException.class)
                    .hasMessageContaining("shorten it");
        }
        assertThatThrownBy(() -> db.written(LANE, named("topic", "tag", "a\0b", "by", "text/plain")))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("U+0000");
        assertThat(db.allRefs(LANE)).isEmpty();
    }

    @Test
    void takesTheLongestNamesInAnyScript() {
        OutgoingMessage longest = named(
                "\u20ac".repeat(255), "\u00e9".repeat(255), "\u6f22".repeat(1024), "\uD83D\uDE00".repeat(127), "a/b");
        assertThat(onlyRow(db.written(LANE, longest)))
                .usingRecursiveComparison()
                .isEqualTo(longest);
    }

    @Test
    void givesBackEveryFieldAsItWas() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("plain", "value");
        headers.put("quotes\"and\\", "a,b:c={}[]\"\\\u0001\t\n\r");
        headers.put("\u6f22\u5b57 \uD83D\uDE00", "lone \uD800 surrogate, nul \0, line \u2028");
        headers.put("", "");
        OutgoingMessage full = new OutgoingMessage(
                UUID.randomUUID(), "t", "g", "k", "o", "c", new byte[] {0, -1, 39, 92, 10}, headers, 5L, 6L);
        OutgoingMessage sparse =
                new OutgoingMessage(UUID.randomUUID(), "t", null, null, null, "c", new byte[0], Map.of(), -1L, 0L);

        assertThat(onlyRow(db.written(LANE, full)))
                .usingRecursiveComparison()
                .ignoringFields("deliverAtMs")
                .isEqualTo(full);
        assertThat(onlyRow(db.written(LANE, sparse))).usingRecursiveComparison().isEqualTo(sparse);
    }

    // --- read and scan

    @Test
    void readsSeveralLanesInAscendingOrderUpToTheLimit() {
        db.written(IntStream.range(0, 60)
                .mapToObj(i -> new LaneMessage(i % 3, message("orders")))
                .toList());
        List<RowRef> second = db.allRefs(1);

        List<OutboxRow> read = store.readAfter(Map.of(0, 0L, 1, second.get(4).id(), 7, 0L), 10);

        assertThat(refs(read).stream().filter(ref -> ref.lane() == 0))
                .containsExactlyElementsOf(db.allRefs(0).subList(0, 10));
        assertThat(refs(read).stream().filter(ref -> ref.lane() == 1)).containsExactlyElementsOf(second.subList(5, 15));
        assertThat(read).hasSize(20);
        assertThat(store.readAfter(Map.of(), 10)).isEmpty();
    }

    /** Close together and far apart, with rows of other lanes between, lanes of very different length, and one far behind. */
    @Test
    void readsABacklogPageByPageToTheEndOfEachLane() {
        Random random = new Random(7);
        write(random, 300, Set.of());
        write(random, 300, Set.of(1));
        write(random, 100, Set.of(0, 1, 2, 3));
        write(random, 60, Set.of(3));
        Map<Integer, Long> after =
                new HashMap<>(Map.of(0, 0L, 1, 0L, 2, db.allRefs(2).get(30).id(), 3, 0L, 9, 0L));
        List<RowRef> expected = new ArrayList<>(db.allRefs(0, 1, 3));
        expected.addAll(db.allRefs(2).subList(31, db.allRefs(2).size()));

        List<RowRef> read = new ArrayList<>();
        while (!after.isEmpty()) {
            Page page = store.readPage(after, 5);
            assertThat(page.rows()).hasSizeLessThanOrEqualTo(5 * after.size());
            for (OutboxRow row : page.rows()) {
                assertThat(row.ref().id())
                        .isGreaterThan(after.put(row.ref().lane(), row.ref().id()));
                read.add(row.ref());
            }
            after.keySet().removeAll(page.ended());
        }

        assertThat(read).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** Rows of lanes 0 to 7. */
    private void write(Random random, int rows, Set<Integer> without) {
        db.written(random.ints(0, 8)
                .filter(lane -> !without.contains(lane))
                .limit(rows)
                .mapToObj(lane -> new LaneMessage(lane, message("orders")))
                .toList());
    }

    @Test
    void scansAnIntervalThatIsOpenBelowAndClosedAbove() {
        db.written(IntStream.range(0, 10)
                .mapToObj(i -> new LaneMessage(LANE, message("orders")))
                .toList());
        List<RowRef> all = db.allRefs(LANE);

        assertThat(scan(all.get(2).id(), all.get(6).id(), 100)).isEqualTo(all.subList(3, 7));
        assertThat(scan(all.get(2).id(), all.get(6).id(), 2)).isEqualTo(all.subList(3, 5));
    }

    @Test
    void scansARangeOfEachLaneAtOnce() {
        db.written(IntStream.range(0, 40)
                .mapToObj(i -> new LaneMessage(i % 4, message("orders")))
                .toList());

        List<RowRef> refs = store.scan(
                Map.of(
                        0, new IdRange(0, db.allRefs(0).get(3).id()),
                        2, new IdRange(db.allRefs(2).get(4).id(), Long.MAX_VALUE)),
                5);

        List<RowRef> expected = new ArrayList<>(db.allRefs(0).subList(0, 4));
        expected.addAll(db.allRefs(2).subList(5, 10));
        assertThat(refs).isEqualTo(expected);
        assertThat(store.scan(Map.of(), 5)).isEmpty();
    }

    @Test
    void looksForwardAndBehindAtOnce() {
        db.written(IntStream.range(0, 40)
                .mapToObj(i -> new LaneMessage(i % 4, message("orders")))
                .toList());
        List<RowRef> one = db.allRefs(1);
        List<RowRef> two = db.allRefs(2);
        Map<Integer, Long> after = Map.of(1, one.get(3).id(), 2, two.get(1).id());
        Map<Integer, IdRange> behind =
                Map.of(1, new IdRange(one.get(0).id(), one.get(3).id()));

        OutboxStore.Surroundings found = store.look(after, 2, behind, 2);

        List<OutboxRow> expected = new ArrayList<>(store.read(one.subList(4, 6)));
        expected.addAll(store.read(two.subList(2, 4)));
        assertThat(found.page().rows())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyInAnyOrderElementsOf(expected)
                .isSortedAccordingTo(Comparator.comparingLong(row -> row.ref().id()));
        assertThat(found.page().ended()).isEmpty();
        assertThat(found.behind()).isEqualTo(one.subList(1, 3));
        assertThat(store.look(Map.of(9, 0L), 2, Map.of(), 2))
                .isEqualTo(new OutboxStore.Surroundings(new Page(List.of(), Set.of(9)), List.of()));
    }

    private List<RowRef> scan(long after, long upTo, int limit) {
        return store.scan(Map.of(LANE, new IdRange(after, upTo)), limit);
    }

    @Test
    void waitsForTheDiskWhenItWritesAndNotWhenItSettles() {
        assumeThat(db.outbox.dialect()).isEqualTo(OutboxDialect.POSTGRESQL);
        db.jdbc.execute("""
                CREATE TABLE commits (deed text, synchronous text);
                CREATE FUNCTION log_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  INSERT INTO commits VALUES (TG_OP, current_setting('synchronous_commit')); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER log_commit AFTER INSERT OR DELETE ON reliable_mq_outbox
                  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION log_commit()""");
        SingleConnectionDataSource one = db.bareConnection();
        try {
            new JdbcTemplate(one).execute("SET synchronous_commit = 'on'");
            JdbcOutbox waiting = JdbcOutbox.on(one);
            TransactionTemplate business = new TransactionTemplate(new DataSourceTransactionManager(one));
            for (OutboxStore settling :
                    List.of(waiting.store(), waiting.archiving().store())) {
                business.executeWithoutResult(
                        status -> waiting.store().insert(List.of(new LaneMessage(LANE, message("orders")))));
                settling.settle(db.allRefs(LANE));
            }

            assertThat(db.jdbc.queryForList("SELECT deed || ' ' || synchronous FROM commits", String.class))
                    .containsExactly("INSERT on", "DELETE off", "INSERT on", "DELETE off");
        } finally {
            one.destroy();
            db.jdbc.execute(
                    "DROP TRIGGER log_commit ON reliable_mq_outbox; DROP FUNCTION log_commit; DROP TABLE commits");
        }
    }

    @Test
    void settlesNeighboursOfSeveralLanesAndNothingBetweenThem() {
        write(new Random(8), 40, Set.of());
        List<RowRef> all = new ArrayList<>(db.allRefs(0, 1, 2, 3, 4, 5, 6, 7));
        all.sort(Comparator.comparingLong(RowRef::id));
        List<RowRef> settled = IntStream.range(0, 40)
                .filter(i -> i % 3 != 1)
                .mapToObj(all::get)
                .toList();
        List<RowRef> listed = new ArrayList<>(settled);
        listed.set(5, new RowRef(settled.get(5).lane(), settled.get(5).id(), UUID.randomUUID()));
        listed.add(settled.get(9));
        // a database that was restored gives an id out again
        listed.add(new RowRef(settled.get(7).lane(), settled.get(7).id(), UUID.randomUUID()));

        assertThat(store.settle(listed)).isEqualTo(settled.size() - 1);

        all.removeAll(settled);
        all.add(settled.get(5));
        assertThat(db.allRefs(0, 1, 2, 3, 4, 5, 6, 7)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void readsOnlyRowsThatAreStillThatMessage() {
        OutboxRow first = db.written(LANE, message("orders"));
        OutboxRow second = db.written(LANE, message("orders"));
        RowRef crossed = new RowRef(LANE, first.ref().id(), second.ref().messageId());

        assertThat(refs(store.read(List.of(second.ref(), crossed)))).containsExactly(second.ref());
        assertThat(store.read(List.of())).isEmpty();
    }

    /**
     * The trap that forbids cursors and range deletes (tried): row ids are drawn in one order and become visible in another.
     */
    @Test
    void neitherDeletesNorLosesARowThatIsCommittedBelowOnesAlreadyRead() throws Exception {
        CountDownLatch drawn = new CountDownLatch(1);
        CountDownLatch mayCommit = new CountDownLatch(1);
        Future<OutboxRow> late = elsewhere(
                () -> db.transaction(TransactionDefinition.ISOLATION_DEFAULT).execute(status -> {
                    OutboxRow row = store.insert(List.of(new LaneMessage(LANE, message("late"))))
                            .get(0);
                    drawn.countDown();
                    await(mayCommit);
                    return row;
                }));
        await(drawn);
        db.written(LANE, message("early"));
        List<OutboxRow> read = store.readAfter(Map.of(LANE, 0L), 10);
        assertThat(read).extracting(row -> row.message().topic()).containsExactly("early");
        mayCommit.countDown();
        OutboxRow lateRow = late.get(5, TimeUnit.SECONDS);
        assertThat(lateRow.ref().id()).isLessThan(read.get(0).ref().id());

        assertThat(store.settle(refs(read))).isEqualTo(1);

        long highestRead = read.get(0).ref().id();
        assertThat(store.readAfter(Map.of(LANE, highestRead), 10)).isEmpty();
        assertThat(scan(0, highestRead, 10)).containsExactly(lateRow.ref());
    }

    // --- settle

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1300})
    void settlesRowsOfSeveralLanes(int count) {
        List<OutboxRow> rows = db.written(IntStream.range(0, count + 3)
                .mapToObj(i -> new LaneMessage(i % 5, message("orders")))
                .toList());
        List<RowRef> settled = new ArrayList<>(refs(rows).subList(0, count));
        Collections.shuffle(settled, new Random(1));

        assertThat(store.settle(settled)).isEqualTo(count);
        assertThat(store.settle(settled)).isZero();
        assertThat(db.allRefs(0, 1, 2, 3, 4))
                .containsExactlyInAnyOrderElementsOf(refs(rows).subList(count, count + 3));
    }

    @Test
    void settlesNothingUnderAnotherMessageIdOrLane() {
        RowRef ref = db.written(LANE, message("orders")).ref();

        assertThat(store.settle(List.of(new RowRef(LANE, ref.id(), UUID.randomUUID()))))
                .isZero();
        assertThat(store.settle(List.of(new RowRef(LANE + 1, ref.id(), ref.messageId()))))
                .isZero();
        assertThat(store.settle(List.of())).isZero();
        assertThat(db.allRefs(LANE)).containsExactly(ref);
    }

    @Test
    void settlesEachRowOnceWhenTwoProcessesSettleTheSame() throws Exception {
        List<RowRef> refs = new ArrayList<>(refs(db.written(IntStream.range(0, 600)
                .mapToObj(i -> new LaneMessage(i % 4, message("orders")))
                .toList())));
        List<RowRef> reversed = new ArrayList<>(refs);
        Collections.reverse(reversed);
        Future<Integer> one = elsewhere(() -> store.settle(refs));
        Future<Integer> other = elsewhere(() -> store.settle(reversed));
        assertThat(one.get(10, TimeUnit.SECONDS) + other.get(10, TimeUnit.SECONDS))
                .isEqualTo(600);
    }

    // --- the relay and business transactions do not wait for each other

    @ParameterizedTest
    @ValueSource(
            ints = {
                TransactionDefinition.ISOLATION_READ_COMMITTED,
                TransactionDefinition.ISOLATION_REPEATABLE_READ,
                TransactionDefinition.ISOLATION_SERIALIZABLE
            })
    void doesNotWaitForOpenBusinessTransactions(int isolation) throws Exception {
        List<RowRef> refs = refs(db.written(IntStream.range(0, 4)
                .mapToObj(i -> new LaneMessage(LANE, message("orders")))
                .toList()));
        // many references that match little: on MySQL they tempt the optimizer to scan and wait for the open row
        // (tried)
        List<RowRef> many = new ArrayList<>(refs);
        LongStream.range(0, 400).forEach(i -> many.add(new RowRef((int) i % 5, 1_000_000 + i, UUID.randomUUID())));
        LaneClaim claim = claimOfLane();
        db.transaction(isolation).executeWithoutResult(status -> {
            RowRef open = store.insert(List.of(new LaneMessage(LANE, message("open"))))
                    .get(0)
                    .ref();
            try {
                assertThat(unblocked(() -> store.readAfter(Map.of(LANE, 0L), 10)))
                        .hasSize(4);
                assertThat(unblocked(() -> scan(0, open.id(), 10))).hasSize(4);
                assertThat(unblocked(() -> store.park(claim, refs.subList(3, 4), "why")))
                        .isTrue();
                assertThat(unblocked(() -> store.settle(many))).isEqualTo(3);
                assertThat(unblocked(() -> store.release(refs))).isEqualTo(1);
                assertThat(unblocked(() -> store.backlog().rows())).isEqualTo(1);
            } catch (Exception e) {
                throw new AssertionError("The relay waits for the business transaction", e);
            }
        });
        assertThat(db.allRefs(LANE)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {TransactionDefinition.ISOLATION_READ_COMMITTED, TransactionDefinition.ISOLATION_REPEATABLE_READ})
    void doesNotKeepBusinessTransactionsWaitingForAnOpenSettle(int isolation) throws Exception {
        List<RowRef> refs = refs(db.written(IntStream.range(0, 20)
                .mapToObj(i -> new LaneMessage(LANE, message("orders")))
                .toList()));
        List<RowRef> many = new ArrayList<>(refs.subList(10, 20));
        LongStream.range(0, 400).forEach(i -> many.add(new RowRef((int) i % 5, 1_000_000 + i, UUID.randomUUID())));
        db.own.transaction("settling slowly", session -> {
            for (RowMatch match : RowMatch.of(many, db.outbox.dialect())) {
                session.update(match.delete(OutboxDialect.OUTBOX, db.outbox.dialect()), match.binding());
            }
            try {
                return unblocked(() -> db.transaction(isolation).execute(status -> {
                    store.insert(List.of(new LaneMessage(LANE, message("m")), new LaneMessage(LANE, message("n"))));
                    return store.insert(List.of(new LaneMessage(LANE, message("o"))));
                }));
            } catch (Exception e) {
                throw new AssertionError("The business transaction waits for the relay", e);
            }
        });
        assertThat(db.allRefs(LANE)).hasSize(13);
    }

    @Test
    void insertsOfSeveralBusinessTransactionsDoNotWaitForEachOther() {
        db.transaction(TransactionDefinition.ISOLATION_REPEATABLE_READ).executeWithoutResult(status -> {
            List<LaneMessage> two = List.of(new LaneMessage(LANE, message("a")), new LaneMessage(LANE, message("b")));
            store.insert(two);
            try {
                assertThat(unblocked(() -> db.written(LANE, message("c")))).isNotNull();
            } catch (Exception e) {
                throw new AssertionError("One business transaction waits for the other", e);
            }
            store.insert(List.of(new LaneMessage(LANE, message("d")), new LaneMessage(LANE, message("e"))));
        });
        assertThat(db.allRefs(LANE)).hasSize(5);
    }

    // --- park and release

    @Test
    void parksOnlyUnderAValidClaim() {
        LaneClaim claim = claimOfLane();
        OutboxRow bad = db.written(LANE, ordered("orders", "k1"));
        OutboxRow next = db.written(LANE, ordered("orders", "k1"));
        OutboxRow good = db.written(LANE, message("orders"));
        List<RowRef> refs = List.of(next.ref(), bad.ref());

        assertThat(store.park(new LaneClaim(claim.node(), LANE, claim.epoch() - 1), refs, "old epoch"))
                .isFalse();
        assertThat(store.park(new LaneClaim(UUID.randomUUID(), LANE, claim.epoch()), refs, "other node"))
                .isFalse();
        assertThat(store.parked(10)).isEmpty();

        assertThat(store.park(claim, refs, "topic does not exist")).isTrue();

        assertThat(db.allRefs(LANE)).containsExactly(good.ref());
        List<ParkedMessage> parked = store.parked(10);
        assertThat(parked).extracting(one -> one.row().ref()).containsExactly(bad.ref(), next.ref());
        assertThat(parked.get(0).row().message()).usingRecursiveComparison().isEqualTo(bad.message());
        assertThat(parked.get(0).reason()).isEqualTo("topic does not exist");
        assertThat(parked.get(0).parkedAtMs()).isCloseTo(databaseTime(), org.assertj.core.data.Offset.offset(60_000L));
        assertThat(store.parked(1)).hasSize(1);
        assertThat(store.backlog().parked()).isEqualTo(2);
    }

    @Test
    void cutsAReasonThatIsTooLong() {
        LaneClaim claim = claimOfLane();
        RowRef ref = db.written(LANE, message("orders")).ref();

        assertThat(store.park(claim, List.of(ref), "x".repeat(999) + "\uD83D\uDE00 and \0 more"))
                .isTrue();

        assertThat(store.parked(1).get(0).reason()).isEqualTo("x".repeat(999));
    }

    @Test
    void parksNothingThatIsSettledAlreadyAndNoOtherLane() {
        LaneClaim claim = claimOfLane();
        RowRef settled = db.written(LANE, message("orders")).ref();
        RowRef other = db.written(LANE + 1, message("orders")).ref();
        store.settle(List.of(settled));

        assertThat(store.park(claim, List.of(settled), "refused")).isTrue();
        assertThat(store.parked(10)).isEmpty();
        assertThatThrownBy(() -> store.park(claim, List.of(other), "refused"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(db.allRefs(LANE + 1)).containsExactly(other);
    }

    @Test
    void tellsParkedKeysByTopicCaseAndBlanks() {
        LaneClaim claim = claimOfLane();
        List<RowRef> refs = List.of("k", "K", "k ", "k").stream()
                .map(key -> db.written(LANE, ordered("orders", key)).ref())
                .toList();
        RowRef otherTopic = db.written(LANE, ordered("Orders", "k")).ref();
        RowRef unordered = db.written(LANE, message("orders")).ref();

        store.park(claim, refs, "refused");
        store.park(claim, List.of(otherTopic, unordered), "refused");

        assertThat(store.parkedKeys(LANE))
                .isEqualTo(Map.of(
                        new ParkedKey("orders", "k"), refs.get(0).id(),
                        new ParkedKey("orders", "K"), refs.get(1).id(),
                        new ParkedKey("orders", "k "), refs.get(2).id(),
                        new ParkedKey("Orders", "k"), otherTopic.id()));
        assertThat(store.parkedKeys(LANE + 1)).isEmpty();
    }

    @Test
    void tellsHowFarALaneIsOld() {
        List<RowRef> rows = Stream.generate(
                        () -> db.written(LANE, message("orders")).ref())
                .limit(3)
                .toList();
        db.jdbc.update(
                "UPDATE reliable_mq_outbox SET written_at_ms = written_at_ms - 60000 WHERE id <= ?",
                rows.get(1).id());

        assertThat(store.writtenBefore(LANE, Duration.ofSeconds(30)))
                .isEqualTo(rows.get(1).id());
        assertThat(store.writtenBefore(LANE, Duration.ofHours(1))).isZero();
        assertThat(store.writtenBefore(LANE, Duration.ZERO))
                .isEqualTo(rows.get(2).id());
        assertThat(store.writtenBefore(LANE + 1, Duration.ZERO)).isZero();
    }

    @Test
    void tellsHowFarALaneOfManyRowsIsOld() {
        List<RowRef> rows =
                db
                        .written(Stream.generate(() -> new LaneMessage(LANE, message("orders")))
                                .limit(400)
                                .toList())
                        .stream()
                        .map(OutboxRow::ref)
                        .toList();
        db.jdbc.update(
                "DELETE FROM reliable_mq_outbox WHERE id > ? AND id <= ?",
                rows.get(200).id(),
                rows.get(350).id());
        for (int old : List.of(0, 1, 199, 200, 351, 398, 399)) {
            db.jdbc.update(
                    "UPDATE reliable_mq_outbox SET written_at_ms = written_at_ms - 60000 WHERE id <= ?",
                    rows.get(old).id());
            assertThat(store.writtenBefore(LANE, Duration.ofSeconds(30)))
                    .as("old to %s of %s", old, rows)
                    .isEqualTo(rows.get(old).id());
        }
        assertThat(store.writtenBefore(LANE, Duration.ofHours(1))).isZero();
    }

    @Test
    void releasesIntoTheOldPlace() {
        LaneClaim claim = claimOfLane();
        OutboxRow first = db.written(LANE, ordered("orders", "k"));
        OutboxRow second = db.written(LANE, ordered("orders", "k"));
        store.park(claim, List.of(first.ref(), second.ref()), "refused");
        OutboxRow later = db.written(LANE, ordered("orders", "k"));

        assertThat(store.release(List.of(second.ref(), first.ref()))).isEqualTo(2);
        assertThat(store.release(List.of(second.ref(), first.ref()))).isZero();

        assertThat(store.parked(10)).isEmpty();
        assertThat(store.readAfter(Map.of(LANE, 0L), 10))
                .usingRecursiveComparison()
                .isEqualTo(List.of(first, second, later));
        OutboxRow afterwards = db.written(LANE, ordered("orders", "k"));
        assertThat(afterwards.ref().id()).isGreaterThan(later.ref().id());
    }

    // --- delay and cancel

    @Test
    void writesDelayedMessagesWithinTheBusinessTransactionWhereNobodyReads() {
        db.transaction(TransactionDefinition.ISOLATION_DEFAULT).executeWithoutResult(status -> {
            store.delay(List.of(new LaneMessage(LANE, message("orders"))), Duration.ofSeconds(10));
            status.setRollbackOnly();
        });
        assertThat(delayedRows()).isZero();

        delayed(Duration.ofSeconds(60), Duration.ofSeconds(10));

        assertThat(delayedRows()).isEqualTo(1);
        assertThat(db.allRefs(LANE)).isEmpty();
    }

    @Test
    void movesADelayedMessageWhenItsHandOverTimeHasComeAndNotBefore() {
        OutgoingMessage due = delayed(Duration.ofSeconds(60), Duration.ofSeconds(61));
        OutgoingMessage later = delayed(Duration.ofSeconds(60), Duration.ofSeconds(10));

        assertThat(store.moveDue(100)).isEqualTo(1);
        assertThat(store.moveDue(100)).isZero();

        List<OutboxRow> rows = store.readAfter(Map.of(LANE, 0L), 10);
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).message())
                .usingRecursiveComparison()
                .ignoringFields("deliverAtMs")
                .isEqualTo(due);
        assertThat(delayedRows()).isEqualTo(1);
        assertThat(cancelled(later.id())).isTrue();
    }

    @Test
    void saysWhenTheNextDelayedMessageIsDue() {
        assertThat(store.untilDue()).isEqualTo(Long.MAX_VALUE);
        delayed(Duration.ofSeconds(90), Duration.ofSeconds(10));
        delayed(Duration.ofSeconds(60), Duration.ofSeconds(10));
        assertThat(store.untilDue()).isBetween(1L, 50_000L);

        delayed(Duration.ofSeconds(60), Duration.ofSeconds(61));

        assertThat(store.untilDue()).isNotPositive();
        store.moveDue(100);
        assertThat(store.untilDue()).isPositive();
    }

    /** Their clocks say 2023, as {@link StoreFixture#message} does: a delay counts by the database's. */
    @Test
    void delaysByTheDatabasesClockWhateverTheWritersClockSays() {
        Duration delay = Duration.ofMinutes(1);
        long before = databaseTime() + delay.toMillis();
        OutgoingMessage waiting = delayed(delay, Duration.ofSeconds(50));
        OutgoingMessage due = delayed(delay, Duration.ofSeconds(61));
        OutboxRow atOnce = db.written(LANE, delayed(delay));
        long after = databaseTime() + delay.toMillis();

        assertThat(store.moveDue(100)).isEqualTo(1);

        assertThat(store.readAfter(Map.of(LANE, 0L), 10))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.message().deliverAtMs()).isBetween(before, after))
                .extracting(row -> row.ref().messageId())
                .containsExactlyInAnyOrder(due.id(), atOnce.ref().messageId());
        assertThat(db.jdbc.queryForObject("SELECT move_at_ms FROM reliable_mq_outbox_due", Long.class))
                .isBetween(before - 50_000, after - 50_000);
        assertThat(cancelled(waiting.id())).isTrue();
    }

    @Test
    void movesEachDueMessageOnceWhenTwoProcessesMove() throws Exception {
        List<UUID> ids = IntStream.range(0, 120)
                .mapToObj(i -> delayed(Duration.ZERO, Duration.ofSeconds(10)).id())
                .toList();
        List<Future<Integer>> movers = IntStream.range(0, 4)
                .mapToObj(i -> elsewhere(() -> {
                    int moved = 0;
                    while (delayedRows() > 0) {
                        moved += store.moveDue(7);
                    }
                    return moved;
                }))
                .toList();
        int moved = 0;
        for (Future<Integer> mover : movers) {
            moved += mover.get(20, TimeUnit.SECONDS);
        }

        assertThat(moved).isEqualTo(120);
        assertThat(db.allRefs(LANE)).extracting(RowRef::messageId).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void cancelsADelayedMessageIfTheTransactionCommits() {
        OutgoingMessage message = delayed(Duration.ofSeconds(60), Duration.ofSeconds(10));
        db.transaction(TransactionDefinition.ISOLATION_DEFAULT).executeWithoutResult(status -> {
            assertThat(store.cancel(message.id())).isTrue();
            assertThat(store.cancel(message.id())).isFalse();
            status.setRollbackOnly();
        });
        assertThat(delayedRows()).isEqualTo(1);

        assertThat(cancelled(message.id())).isTrue();

        assertThat(delayedRows()).isZero();
        assertThat(cancelled(message.id())).isFalse();
    }

    @Test
    void doesNotCancelWhatARelayMayHaveRead() {
        OutgoingMessage moved = delayed(Duration.ZERO, Duration.ofSeconds(10));
        store.moveDue(100);
        OutboxRow written = db.written(LANE, message("orders"));

        assertThat(cancelled(moved.id())).isFalse();
        assertThat(cancelled(written.ref().messageId())).isFalse();
        assertThat(cancelled(UUID.randomUUID())).isFalse();
        assertThat(db.allRefs(LANE)).hasSize(2);
    }

    /** The relay must neither wait for the business transaction nor send what it is cancelling. */
    @Test
    void passesOverAMessageThatIsJustBeingCancelledAndMovesItAfterARollback() {
        OutgoingMessage wavering = delayed(Duration.ZERO, Duration.ofSeconds(10));
        OutgoingMessage other = delayed(Duration.ZERO, Duration.ofSeconds(10));
        db.transaction(TransactionDefinition.ISOLATION_DEFAULT).executeWithoutResult(status -> {
            assertThat(store.cancel(wavering.id())).isTrue();
            try {
                assertThat(unblocked(() -> store.moveDue(100))).isEqualTo(1);
            } catch (Exception e) {
                throw new AssertionError("The relay waits for the business transaction", e);
            }
            status.setRollbackOnly();
        });
        assertThat(db.allRefs(LANE)).extracting(RowRef::messageId).containsExactly(other.id());

        assertThat(store.moveDue(100)).isEqualTo(1);
        assertThat(db.allRefs(LANE)).hasSize(2);
    }

    /** Whoever comes second finds nothing: never both a cancellation and a delivery, never neither. */
    @Test
    void eitherCancelsOrMovesUnderARace() throws Exception {
        List<UUID> ids = IntStream.range(0, 200)
                .mapToObj(i -> delayed(Duration.ZERO, Duration.ofSeconds(10)).id())
                .toList();
        Future<Integer> mover = elsewhere(() -> {
            int moved = 0;
            while (delayedRows() > 0) {
                moved += store.moveDue(5);
            }
            return moved;
        });
        List<UUID> cancelled = new ArrayList<>();
        for (int i = ids.size() - 1; i >= 0; i--) {
            if (cancelled(ids.get(i))) {
                cancelled.add(ids.get(i));
            }
        }

        assertThat(mover.get(20, TimeUnit.SECONDS) + cancelled.size()).isEqualTo(200);
        assertThat(db.allRefs(LANE)).extracting(RowRef::messageId).doesNotContainAnyElementsOf(cancelled);
    }

    /** PEERS.md: a DELETE that finds nothing locks a gap at REPEATABLE READ, and producers deadlock in it. */
    @Test
    void cancellingWhatIsNotThereKeepsNobodyWaiting() {
        db.transaction(TransactionDefinition.ISOLATION_REPEATABLE_READ).executeWithoutResult(status -> {
            assertThat(store.cancel(UUID.randomUUID())).isFalse();
            try {
                assertThat(unblocked(() -> delayed(Duration.ofSeconds(60), Duration.ofSeconds(10))))
                        .isNotNull();
            } catch (Exception e) {
                throw new AssertionError("One business transaction waits for the other", e);
            }
        });
    }

    @Test
    void cancelsAParkedMessageOnlyWhenNoAttemptMayHaveStoredIt() {
        LaneClaim claim = claimOfLane();
        RowRef unsent = db.written(LANE, ordered("orders", "k")).ref();
        RowRef doubtful = db.written(LANE, ordered("orders", "k")).ref();
        store.park(claim, List.of(unsent, doubtful), Set.of(unsent), "refused");

        assertThat(cancelled(doubtful.messageId())).isFalse();
        assertThat(cancelled(unsent.messageId())).isTrue();
        assertThat(cancelled(unsent.messageId())).isFalse();

        assertThat(store.parked(10)).extracting(one -> one.row().ref()).containsExactly(doubtful);
        assertThat(store.release(List.of(unsent, doubtful))).isEqualTo(1);
    }

    private OutgoingMessage delayed(Duration delay, Duration handOver) {
        OutgoingMessage message = delayed(delay);
        db.transaction(TransactionDefinition.ISOLATION_DEFAULT)
                .executeWithoutResult(status -> store.delay(List.of(new LaneMessage(LANE, message)), handOver));
        return message;
    }

    private static OutgoingMessage delayed(Duration delay) {
        OutgoingMessage message = message("orders");
        return message.withDeliverAt(message.createdAtMs() + delay.toMillis());
    }

    private boolean cancelled(UUID id) {
        return Boolean.TRUE.equals(
                db.transaction(TransactionDefinition.ISOLATION_DEFAULT).execute(status -> store.cancel(id)));
    }

    private int delayedRows() {
        Integer rows = db.jdbc.queryForObject("SELECT COUNT(*) FROM reliable_mq_outbox_due", Integer.class);
        return rows == null ? 0 : rows;
    }

    // --- topics, backlog, connections

    @Test
    void remembersTopicsThatDifferInCaseOrBlanksOnly() {
        List.of("a", "A", "a ", "\u00e4", "a", "A").forEach(store::rememberTopic);
        assertThat(store.knownTopics()).containsExactlyInAnyOrder("a", "A", "a ", "\u00e4");
    }

    @Test
    void remembersATopicThatTwoProcessesRememberAtOnce() throws Exception {
        List<Future<Boolean>> both = IntStream.range(0, 4)
                .mapToObj(i -> elsewhere(() -> {
                    IntStream.range(0, 20).forEach(topic -> store.rememberTopic("topic-" + topic));
                    return true;
                }))
                .toList();
        for (Future<Boolean> one : both) {
            assertThat(one.get(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(store.knownTopics()).hasSize(20);
    }

    @Test
    void measuresTheBacklogByTheDatabasesClock() throws Exception {
        db.lanes.layout(8);
        assertThat(store.backlog()).isEqualTo(new OutboxStore.Backlog(0, 0, 0, 0));
        assertThat(store.load(100)).isEqualTo(new OutboxStore.Load(0, 0));
        // created in 2023 by the application's clock
        db.written(LANE, message("orders"));
        Thread.sleep(50);
        db.written(LANE - 1, message("orders"));

        OutboxStore.Backlog backlog = store.backlog();

        assertThat(backlog.rows()).isEqualTo(2);
        assertThat(backlog.oldestAgeMs()).isBetween(40L, 60_000L);
        assertThat(store.load(100).rows()).isEqualTo(2);
        assertThat(store.load(100).oldestAgeMs()).isGreaterThanOrEqualTo(backlog.oldestAgeMs());
        assertThat(store.load(1).rows()).isEqualTo(1);
    }

    @Test
    void countsWhatWaitsForItsTimeApartFromWhatWaitsForTheBroker() {
        db.lanes.layout(8);
        delayed(Duration.ofDays(365), Duration.ofSeconds(10));
        db.written(LANE, message("orders"));

        assertThat(store.backlog().delayed()).isEqualTo(1);
        assertThat(store.backlog().rows()).isEqualTo(1);
        assertThat(store.load(100).rows()).isEqualTo(1);
    }

    private LaneClaim claimOfLane() {
        return db.claim(LANE);
    }

    private long databaseTime() {
        return db.now();
    }

    private OutgoingMessage onlyRow(OutboxRow row) {
        return store.read(List.of(row.ref())).get(0).message();
    }

    private static List<RowRef> refs(List<OutboxRow> rows) {
        return rows.stream().map(OutboxRow::ref).toList();
    }

    private static String text(OutboxRow row) {
        return new String(row.message().payload(), StandardCharsets.UTF_8);
    }

    private static byte[] random(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static OutgoingMessage withPayload(byte[] payload) {
        return new OutgoingMessage(UUID.randomUUID(), "orders", null, null, null, "c", payload, Map.of(), 1, 0);
    }

    private static OutgoingMessage named(String topic, String tag, String key, String orderingKey, String type) {
        return new OutgoingMessage(
                UUID.randomUUID(), topic, tag, key, orderingKey, type, new byte[] {1}, Map.of(), 1, 0);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
