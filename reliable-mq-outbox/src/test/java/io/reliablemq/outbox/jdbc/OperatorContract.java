package io.reliablemq.outbox.jdbc;

import static io.reliablemq.outbox.jdbc.StoreFixture.elsewhere;
import static io.reliablemq.outbox.jdbc.StoreFixture.message;
import static io.reliablemq.outbox.jdbc.StoreFixture.ordered;
import static io.reliablemq.outbox.jdbc.StoreFixture.unblocked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Edit;
import io.reliablemq.outbox.OutboxOperations.Fate;
import io.reliablemq.outbox.OutboxOperations.Operation;
import io.reliablemq.outbox.OutboxOperations.Outcome;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.ParkedMessage;
import io.reliablemq.outbox.operations.AuditedOperations;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.testdatabases.Database;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionDefinition;

/** What operators can do to parked messages, on every database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OperatorContract {

    private static final int LANE = 3;
    private static final LaneLayout LAYOUT = new LaneLayout(8);
    private static final Action ACTION = Action.by("alice", "the topic was created");

    private final List<Deed> told = new CopyOnWriteArrayList<>();
    private StoreFixture db;
    private OutboxStore store;
    private OutboxOperations operations;
    private Map<Integer, LaneClaim> claims;
    private LaneClaim claim;

    @BeforeAll
    void createTables(Database database) {
        db = new StoreFixture(database);
        store = db.store;
        operations = operations(db.outbox);
    }

    private OutboxOperations operations(JdbcOutbox outbox) {
        return new AuditedOperations(
                outbox.operators(),
                () -> LAYOUT,
                message -> {
                    if (message.topic().equals("forbidden")) {
                        throw new MessageRejectedException("the broker would refuse it");
                    }
                },
                message -> message.withPayload(message.payload(), message.contentType() + ";encoded"),
                told::add);
    }

    @BeforeEach
    void emptyTables() {
        db.empty();
        told.clear();
        claims = db.claimed().stream().collect(Collectors.toMap(LaneClaim::lane, one -> one));
        claim = claims.get(LANE);
    }

    // --- look

    @Test
    void showsParkedMessagesPageByPageWithoutTheirPayloads() {
        List<RowRef> refs = parked(7, "orders", null, "refused");
        parked(2, "payments", null, "refused");

        List<ParkedMessage> first = operations.parked(Parked.topic("orders"), null, 5);
        List<ParkedMessage> rest = operations.parked(Parked.topic("orders"), first.get(4), 5);

        assertThat(LongStream.concat(
                        first.stream().mapToLong(ParkedMessage::row),
                        rest.stream().mapToLong(ParkedMessage::row)))
                .containsExactlyElementsOf(refs.stream().map(RowRef::id).toList());
        assertThat(operations.count(Parked.all())).isEqualTo(9);
        ParkedMessage one = first.get(0);
        assertThat(one.id()).isEqualTo(refs.get(0).messageId());
        assertThat(one.reason()).isEqualTo("refused");
        assertThat(one.size()).isEqualTo(36);
        assertThat(one.unsent()).isFalse();
        assertThat(one.parkedAtMs()).isBetween(db.now() - 60_000, db.now());
        assertThat(operations.payload(one.id()).orElseThrow().bytes())
                .isEqualTo(one.id().toString().getBytes(StandardCharsets.UTF_8));
        assertThat(operations.payload(UUID.randomUUID())).isEmpty();
    }

    @Test
    void findsByKeyByIdAndByAPartOfTheReasonTakenLiterally() {
        List<RowRef> key = parked(2, "orders", "k", "too large: 100% of 4MB");
        parked(2, "orders", "K", "too large: 1004MB");
        List<RowRef> followers = parked(1, "orders", "k", "behind others");

        assertThat(found(Parked.key("orders", "k"))).containsExactlyElementsOf(ids(key, followers));
        assertThat(found(Parked.message(key.get(1).messageId())))
                .containsExactly(key.get(1).messageId());
        assertThat(found(Parked.all().withReason("100% of"))).containsExactlyElementsOf(ids(key, followers));
        assertThat(found(Parked.all().withReason("_"))).isEmpty();
        assertThat(found(Parked.topic("payments"))).isEmpty();
    }

    private List<UUID> found(Parked which) {
        List<UUID> found = operations.parked(which, null, 100).stream()
                .map(ParkedMessage::id)
                .toList();
        assertThat(operations.count(which)).isEqualTo(found.size());
        return found;
    }

    // --- release

    @Test
    void releasesIntoTheOldPlacesAndSaysWhoDidItAndWhy() {
        List<RowRef> refs = parked(5, "orders", "k", "refused");
        RowRef other = parked(1, "payments", null, "refused").get(0);

        Outcome outcome = operations.release(Parked.topic("orders"), 100, ACTION);

        assertThat(outcome).isEqualTo(new Outcome(ids(refs), 0, false, false));
        assertThat(db.allRefs(LANE)).isEqualTo(refs);
        assertThat(found(Parked.all())).containsExactly(other.messageId());
        List<Deed> audit = operations.audit(null, 10);
        assertThat(audit).hasSize(1);
        Deed deed = audit.get(0);
        assertThat(deed.operation()).isEqualTo(Operation.RELEASE);
        assertThat(deed.actor()).isEqualTo("alice");
        assertThat(deed.reason()).isEqualTo("the topic was created");
        assertThat(deed.detail()).isEqualTo("parked messages, topic orders");
        assertThat(deed.messages()).isEqualTo(ids(refs));
        assertThat(deed.performedAtMs()).isBetween(db.now() - 60_000, db.now());
        assertThat(told).usingRecursiveComparison().ignoringFields("id").isEqualTo(audit);
    }

    @Test
    void releasesInPortionsFromTheFirstOn() {
        List<RowRef> refs = parked(5, "orders", "k", "refused");

        assertThat(operations.release(Parked.all(), 2, ACTION))
                .isEqualTo(new Outcome(ids(refs.subList(0, 2)), 0, true, false));
        assertThat(operations.release(Parked.all(), 3, ACTION))
                .isEqualTo(new Outcome(ids(refs.subList(2, 5)), 0, false, false));
        assertThat(operations.release(Parked.all(), 3, ACTION)).isEqualTo(Outcome.NOTHING);

        assertThat(db.allRefs(LANE)).isEqualTo(refs);
        assertThat(operations.audit(null, 10))
                .extracting(deed -> deed.messages().size())
                .containsExactly(3, 2);
    }

    @Test
    void doesNotReleaseBehindWhatStaysParked() {
        List<RowRef> refs = parked(4, "orders", "k", "refused");
        RowRef otherKey = parked(1, "orders", "another", "behind").get(0);

        assertThat(operations.release(Parked.message(refs.get(2).messageId()), 1, ACTION))
                .isEqualTo(new Outcome(List.of(), 1, false, false));
        assertThat(operations.audit(null, 10)).isEmpty();
        assertThat(operations
                        .release(Parked.message(refs.get(0).messageId()), 1, ACTION)
                        .messages())
                .containsExactly(refs.get(0).messageId());
        assertThat(operations
                        .release(Parked.message(otherKey.messageId()), 1, ACTION)
                        .messages())
                .hasSize(1);

        assertThat(db.allRefs(LANE)).containsExactly(refs.get(0), otherKey);
    }

    @Test
    void releasesByReasonWithThoseThatWaitBehind() {
        List<RowRef> refused = parked(1, "orders", "k", "no such topic");
        List<RowRef> followers = parked(2, "orders", "k", "behind parked messages");
        List<RowRef> another = parked(1, "orders", "l", "too large");
        List<RowRef> behindBoth = parked(1, "orders", "l", "no such topic");

        Outcome outcome = operations.release(Parked.all().withReason("no such topic"), 100, ACTION);

        assertThat(outcome).isEqualTo(new Outcome(ids(refused, followers), 1, false, false));
        assertThat(found(Parked.all())).containsExactlyElementsOf(ids(another, behindBoth));
    }

    @Test
    void passesOverWhatABusinessTransactionIsJustCancelling() {
        List<RowRef> refs = parked(3, "orders", "k", "refused", true);
        List<RowRef> others = parked(2, "orders", "l", "refused", true);
        db.transaction(TransactionDefinition.ISOLATION_DEFAULT).executeWithoutResult(status -> {
            assertThat(store.cancel(refs.get(0).messageId())).isTrue();
            try {
                Outcome outcome = unblocked(() -> operations.release(Parked.all(), 10, ACTION));
                assertThat(outcome).isEqualTo(new Outcome(ids(others), 2, true, false));
                UUID wavering = refs.get(0).messageId();
                assertThat(unblocked(() -> operations.skip(wavering, ACTION)))
                        .isEqualTo(new Outcome(List.of(), 0, true, false));
                assertThat(unblocked(
                                () -> operations.edit(wavering, Edit.nothing().tag("t"), ACTION)))
                        .isEqualTo(new Outcome(List.of(), 0, true, false));
            } catch (Exception e) {
                throw new AssertionError("The operator waits for the business transaction", e);
            }
            status.setRollbackOnly();
        });
        assertThat(operations.release(Parked.all(), 10, ACTION).messages()).isEqualTo(ids(refs));
    }

    // --- edit

    @Test
    void editsUnderTheSameIdAndKeepsTheVersionBefore() {
        OutboxRow row = db.written(LANE, ordered("typo", "k"));
        store.park(claim, List.of(row.ref()), Set.of(row.ref()), "no such topic");
        UUID id = row.ref().messageId();

        Outcome outcome = operations.edit(
                id,
                Edit.nothing()
                        .topic("orders")
                        .tag("")
                        .headers(Map.of("a", "b"))
                        .payload(new byte[] {1, 2}, "application/json"),
                ACTION);

        assertThat(outcome).isEqualTo(new Outcome(List.of(id), 0, false, false));
        assertThat(found(Parked.all())).containsExactly(id);
        operations.release(Parked.all(), 1, ACTION);
        List<OutboxRow> released = store.readAfter(Map.of(LANE, 0L), 10);
        OutgoingMessage before = row.message();
        assertThat(released)
                .usingRecursiveComparison()
                .isEqualTo(List.of(new OutboxRow(
                        row.ref(),
                        new OutgoingMessage(
                                id,
                                "orders",
                                null,
                                before.key(),
                                "k",
                                "application/json;encoded",
                                new byte[] {1, 2},
                                Map.of("a", "b"),
                                before.createdAtMs(),
                                0))));
        assertThat(db.jdbc.queryForList(
                        "SELECT topic FROM reliable_mq_outbox_archive WHERE outcome = 'REPLACED'", String.class))
                .containsExactly("typo");
        assertThat(operations.audit(null, 10).get(1).detail())
                .isEqualTo("topic typo -> orders, tag tag -> null, headers 0 -> 1, payload 36 -> 2 bytes");
    }

    @Test
    void leavesAloneWhatAnEditDoesNotName() {
        OutboxRow row = db.written(LANE, ordered("orders", "k"));
        store.park(claim, List.of(row.ref()), "refused");

        operations.edit(row.ref().messageId(), Edit.nothing().tag("new"), ACTION);

        operations.release(Parked.all(), 1, ACTION);
        OutgoingMessage after = store.readAfter(Map.of(LANE, 0L), 10).get(0).message();
        assertThat(after).usingRecursiveComparison().ignoringFields("tag").isEqualTo(row.message());
        assertThat(after.tag()).isEqualTo("new");
    }

    @Test
    void saysWhenAnEarlierVersionMayHaveBeenStored() {
        UUID doubtful = parked(1, "orders", null, "refused", false).get(0).messageId();
        UUID unsent = parked(1, "orders", null, "refused", true).get(0).messageId();

        assertThat(operations.edit(doubtful, Edit.nothing().tag("t"), ACTION).perhapsStored())
                .isTrue();
        assertThat(operations.edit(unsent, Edit.nothing().tag("t"), ACTION).perhapsStored())
                .isFalse();
        assertThat(operations.skip(doubtful, ACTION).perhapsStored()).isTrue();
        assertThat(operations.skip(unsent, ACTION).perhapsStored()).isFalse();
    }

    @Test
    void refusesAnEditThatTheBrokerOrTheTableWouldRefuse() {
        UUID id = parked(1, "orders", null, "refused").get(0).messageId();

        assertThatThrownBy(() -> operations.edit(id, Edit.nothing().topic("forbidden"), ACTION))
                .isInstanceOf(MessageRejectedException.class);
        assertThatThrownBy(() -> operations.edit(id, Edit.nothing().tag("x".repeat(256)), ACTION))
                .isInstanceOf(MessageRejectedException.class);
        assertThatThrownBy(() -> operations.edit(id, Edit.nothing(), ACTION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("changes nothing");

        assertThat(operations.parked(Parked.all(), null, 1).get(0).topic()).isEqualTo("orders");
        assertThat(operations.audit(null, 10)).isEmpty();
    }

    @Test
    void doesNotEditWhatAnotherOperatorHasEditedMeanwhile() {
        UUID id = parked(1, "orders", null, "refused").get(0).messageId();

        Outcome late = db.outbox
                .operators()
                .edit(
                        id,
                        before -> {
                            operations.edit(id, Edit.nothing().topic("payments"), ACTION);
                            return before.withPayload(new byte[] {1}, "text/plain");
                        },
                        (before, after) -> "late",
                        ACTION)
                .outcome();

        assertThat(late).isEqualTo(new Outcome(List.of(), 0, true, false));
        assertThat(operations.parked(Parked.all(), null, 1).get(0).topic()).isEqualTo("payments");
        assertThat(operations.payload(id).orElseThrow().bytes()).hasSize(36);
        assertThat(operations.audit(null, 10)).hasSize(1);
    }

    // --- skip

    @Test
    void skipsOneSoThatTheOthersOfItsKeyCanGoAndLosesNothing() {
        List<RowRef> refs = parked(3, "orders", "k", "refused");
        UUID poison = refs.get(0).messageId();

        assertThat(operations.skip(poison, ACTION).messages()).containsExactly(poison);
        assertThat(operations.skip(poison, ACTION)).isEqualTo(Outcome.NOTHING);
        assertThat(operations.release(Parked.key("orders", "k"), 10, ACTION).messages())
                .isEqualTo(ids(refs.subList(1, 3)));

        assertThat(db.allRefs(LANE)).isEqualTo(refs.subList(1, 3));
        Archived skipped = new Archived(Fate.SKIPPED, 0, db.now(), null);
        assertThat(operations.count(skipped)).isEqualTo(1);
        assertThat(operations.count(new Archived(Fate.SENT, 0, db.now(), null))).isZero();
        assertThat(operations.replay(skipped, 10, ACTION).messages()).isEqualTo(1);
        assertThat(db.allRefs(0, 1, 2, 3, 4, 5, 6, 7))
                .extracting(RowRef::messageId)
                .containsExactlyInAnyOrderElementsOf(ids(refs));
        assertThat(operations.audit(null, 10))
                .extracting(Deed::operation)
                .containsExactly(Operation.REPLAY, Operation.RELEASE, Operation.SKIP);
    }

    // --- dry run, crash, races

    @Test
    void answersADryRunLikeTheRealOneAndChangesNothing() {
        List<RowRef> refs = parked(4, "orders", "k", "refused");
        Action dry = ACTION.asDryRun();
        UUID first = refs.get(0).messageId();
        Edit edit = Edit.nothing().topic("payments");

        Outcome release = operations.release(Parked.topic("orders"), 3, dry);
        Outcome blocked = operations.release(Parked.message(refs.get(1).messageId()), 1, dry);
        Outcome edited = operations.edit(first, edit, dry);
        Outcome skipped = operations.skip(first, dry);
        assertThatThrownBy(() -> operations.edit(first, Edit.nothing().topic("forbidden"), dry))
                .isInstanceOf(MessageRejectedException.class);

        assertThat(found(Parked.topic("orders"))).isEqualTo(ids(refs));
        assertThat(db.allRefs(LANE)).isEmpty();
        assertThat(db.count("reliable_mq_outbox_audit") + db.count("reliable_mq_outbox_archive"))
                .isZero();
        assertThat(told).isEmpty();
        assertThat(operations.release(Parked.message(refs.get(1).messageId()), 1, ACTION))
                .isEqualTo(blocked);
        assertThat(operations.edit(first, Edit.nothing().tag("t"), ACTION)).isEqualTo(edited);
        assertThat(operations.release(Parked.topic("orders"), 3, ACTION)).isEqualTo(release);
        parked(1, "orders", "l", "refused");
        assertThat(operations.skip(refs.get(3).messageId(), ACTION).perhapsStored())
                .isEqualTo(skipped.perhapsStored());
    }

    @Test
    void changesNothingAndRecordsNothingWhenItDiesBeforeTheCommit() {
        List<RowRef> refs = parked(3, "orders", "k", "refused");
        OutboxOperations dying = operations(JdbcOutbox.on(db.dyingBeforeCommit()));
        UUID first = refs.get(0).messageId();

        assertThatThrownBy(() -> dying.release(Parked.all(), 10, ACTION)).hasStackTraceContaining("dies before the");
        assertThatThrownBy(() -> dying.edit(first, Edit.nothing().topic("t"), ACTION))
                .hasStackTraceContaining("dies before the");
        assertThatThrownBy(() -> dying.skip(first, ACTION)).hasStackTraceContaining("dies before the");

        assertThat(found(Parked.topic("orders"))).isEqualTo(ids(refs));
        assertThat(db.allRefs(LANE)).isEmpty();
        assertThat(db.count("reliable_mq_outbox_audit") + db.count("reliable_mq_outbox_archive"))
                .isZero();
        assertThat(told).isEmpty();
        assertThat(operations.release(Parked.all(), 10, ACTION).messages()).isEqualTo(ids(refs));
    }

    @Test
    void releasesOrSkipsEachMessageOnceWhenTwoOperatorsAreAtIt() throws Exception {
        List<RowRef> refs = new ArrayList<>(parked(100, "orders", "k", "refused"));
        refs.addAll(parked(100, "orders", null, "refused"));
        List<Future<Integer>> operators = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            operators.add(elsewhere(() -> {
                int done = 0;
                while (operations.count(Parked.all()) > 0) {
                    done += operations
                            .release(Parked.all(), 7, ACTION)
                            .messages()
                            .size();
                }
                return done;
            }));
        }
        operators.add(elsewhere(() -> {
            int done = 0;
            for (RowRef ref : refs.subList(100, 200)) {
                Outcome outcome;
                do {
                    outcome = operations.skip(ref.messageId(), ACTION);
                } while (outcome.more());
                done += outcome.messages().size();
            }
            return done;
        }));
        int done = 0;
        for (Future<Integer> operator : operators) {
            done += operator.get(30, TimeUnit.SECONDS);
        }

        assertThat(done).isEqualTo(200);
        assertThat(db.count("reliable_mq_outbox_archive") + db.allRefs(LANE).size())
                .isEqualTo(200);
        List<UUID> audited = new ArrayList<>();
        List<Deed> page = operations.audit(null, 50);
        while (!page.isEmpty()) {
            page.forEach(deed -> audited.addAll(deed.messages()));
            page = operations.audit(page.get(page.size() - 1), 50);
        }
        assertThat(audited).containsExactlyInAnyOrderElementsOf(ids(refs));
    }

    /** A follower that was parked after the others of its key had been released would wait for nobody. */
    @Test
    void leavesNoFollowerAloneWhenTheRelayParksWhileAnOperatorReleases() throws Exception {
        for (int round = 0; round < 20; round++) {
            String key = "k" + round;
            parked(3, "orders", key, "refused");
            List<RowRef> followers = IntStream.range(0, 10)
                    .mapToObj(i -> db.written(LANE, ordered("orders", key)).ref())
                    .toList();
            Future<Boolean> relay = elsewhere(() -> {
                for (RowRef follower : followers) {
                    while (!parkedBehind(follower)) {
                        Thread.onSpinWait();
                    }
                }
                return true;
            });
            while (operations.release(Parked.key("orders", key), 100, ACTION).more()) {
                Thread.onSpinWait();
            }
            assertThat(relay.get(20, TimeUnit.SECONDS)).isTrue();

            assertThat(found(Parked.key("orders", key))).isEmpty();
        }
        assertThat(db.allRefs(LANE)).hasSize(20 * 13);
    }

    @Test
    void parksBehindAnEarlierMessageOfTheKeyOnly() {
        RowRef first = parked(1, "orders", "k", "refused").get(0);
        RowRef follower = db.written(LANE, ordered("orders", "k")).ref();
        RowRef otherTopic = db.written(LANE, ordered("payments", "k")).ref();
        RowRef otherKey = db.written(LANE, ordered("orders", "K")).ref();
        RowRef unordered = db.written(LANE, message("orders")).ref();
        List<RowRef> all = List.of(follower, otherTopic, otherKey, unordered);

        assertThat(store.parkBehind(claim, Set.of(), all, Set.copyOf(all), "behind"))
                .isTrue();

        assertThat(found(Parked.all())).containsExactly(first.messageId(), follower.messageId());
        assertThat(db.allRefs(LANE)).containsExactly(otherTopic, otherKey, unordered);
        assertThat(operations.parked(Parked.all(), null, 10).get(1).unsent()).isTrue();
    }

    /** Like a relay, which tries again later when the store cannot. */
    private boolean parkedBehind(RowRef row) {
        try {
            return store.parkBehind(claim, Set.of(), List.of(row), Set.of(), "behind");
        } catch (DataAccessException e) {
            return false;
        }
    }

    /** An operator's process may be stopped in the middle; a relay that waited for it would lose all its lanes. */
    @Test
    void keepsNoRelayWaiting() {
        parked(1, "orders", "k", "refused");
        RowRef follower = db.written(LANE, ordered("orders", "k")).ref();
        LaneClaim other = claims.get(LANE + 1);
        db.own.transaction("releasing for ever", session -> {
            assertThat(new RowLocks(db.outbox.dialect()).lanes(Set.of(follower.lane()), session))
                    .containsExactly(LANE);
            try {
                assertThat(unblocked(() -> parkedBehind(follower))).isFalse();
                assertThat(unblocked(() -> db.lanes.handOver(claim))).isFalse();
                return assertThat(unblocked(() -> db.lanes.handOver(other))).isTrue();
            } catch (Exception e) {
                throw new AssertionError("The relay waits for the operator", e);
            }
        });
        assertThat(db.allRefs(LANE)).containsExactly(follower);

        assertThat(parkedBehind(follower)).isTrue();

        assertThat(found(Parked.all())).hasSize(2);
        assertThat(db.lanes.handOver(claim)).isTrue();
    }

    @Test
    void doesNotWaitForARelayThatWasStoppedWhileItParked() {
        UUID parked = parked(1, "orders", "k", "refused").get(0).messageId();
        db.own.transaction("parking for ever", session -> {
            assertThat(new ParkedRows(db.outbox.dialect()).owns(claim, session)).isTrue();
            Outcome busy = new Outcome(List.of(), 0, true, false);
            try {
                assertThat(unblocked(() -> operations.skip(parked, ACTION))).isEqualTo(busy);
                assertThat(unblocked(
                                () -> operations.edit(parked, Edit.nothing().tag("t"), ACTION)))
                        .isEqualTo(busy);
                return assertThat(unblocked(() -> operations.release(Parked.all(), 10, ACTION)))
                        .isEqualTo(busy);
            } catch (Exception e) {
                throw new AssertionError("The operator waits for the relay", e);
            }
        });
        assertThat(found(Parked.all())).containsExactly(parked);
        assertThat(operations.audit(null, 10)).isEmpty();
    }

    @Test
    void recordsNoControlCharactersAndNoMoreThanFits() {
        String key = "k\n2026 ERROR all is lost" + "x".repeat(200);
        parked(1, "orders", key, "refused");
        Parked which = Parked.key("orders", key).withReason("");

        operations.release(which, 1, ACTION);

        assertThat(operations.audit(null, 1).get(0).detail())
                .startsWith("parked messages, topic orders, ordering key k?2026 ERROR all is lostxxx");
        RowRef other = parked(1, "orders", key, "r".repeat(1000)).get(0);
        operations.release(Parked.key("orders", key).withReason("r".repeat(1000)), 1, ACTION);
        assertThat(operations.audit(null, 1).get(0).detail()).hasSize(1000);
        assertThat(operations.audit(null, 1).get(0).messages()).containsExactly(other.messageId());
    }

    // --- arguments

    @Test
    void refusesAnActionWithoutAnActorOrAReason() {
        assertThatThrownBy(() -> Action.by(" ", "why")).hasMessageContaining("actor");
        assertThatThrownBy(() -> Action.by("alice", "")).hasMessageContaining("reason");
        assertThatThrownBy(() -> Action.by("alice", "line\nfeed")).hasMessageContaining("reason");
        assertThatThrownBy(() -> operations.release(Parked.all(), 1001, ACTION)).hasMessageContaining("1 to 1000");
        assertThatThrownBy(() -> operations.replay(new Archived(Fate.SENT, 0, 1, null), 0, ACTION))
                .hasMessageContaining("at least 1");
    }

    @Test
    void keepsAnActionWhoseListenerFails() {
        parked(1, "orders", null, "refused");
        OutboxOperations unheard =
                new AuditedOperations(db.outbox.operators(), () -> LAYOUT, message -> {}, message -> message, deed -> {
                    throw new IllegalStateException("by the test");
                });

        assertThat(unheard.release(Parked.all(), 10, ACTION).messages()).hasSize(1);
        assertThat(operations.audit(null, 10)).hasSize(1);
    }

    // --- words

    private List<RowRef> parked(int count, String topic, String key, String reason) {
        return parked(count, topic, key, reason, false);
    }

    private List<RowRef> parked(int count, String topic, String key, String reason, boolean unsent) {
        List<RowRef> refs = db
                .written(IntStream.range(0, count)
                        .mapToObj(i -> new LaneMessage(LANE, ordered(topic, key)))
                        .toList())
                .stream()
                .map(OutboxRow::ref)
                .sorted(RowMatch.BY_LANE_AND_ID)
                .toList();
        assertThat(store.park(claim, refs, unsent ? Set.copyOf(refs) : Set.of(), reason))
                .isTrue();
        return refs;
    }

    @SafeVarargs
    private static List<UUID> ids(List<RowRef>... refs) {
        return List.of(refs).stream()
                .flatMap(List::stream)
                .map(RowRef::messageId)
                .toList();
    }
}
