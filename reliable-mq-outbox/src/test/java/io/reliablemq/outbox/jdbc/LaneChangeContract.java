package io.reliablemq.outbox.jdbc;

import static io.reliablemq.outbox.jdbc.StoreFixture.message;
import static io.reliablemq.outbox.jdbc.StoreFixture.ordered;
import static io.reliablemq.outbox.jdbc.StoreFixture.unblocked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Lanes;
import io.reliablemq.outbox.OutboxOperations.Operation;
import io.reliablemq.outbox.OutboxOperations.Outcome;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.Stage;
import io.reliablemq.outbox.operations.AuditedOperations;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.LaneStore.Survey;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.KeyInLane;
import io.reliablemq.outbox.spi.OutboxStore.Lowest;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionDefinition;

/** The steps of a change of the lane count, on every database: each done or not done, whoever dies in it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LaneChangeContract {

    private static final Action ACTION = Action.by("alice", "more instances");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration NO_GRACE = Duration.ZERO;

    private final List<Deed> told = new ArrayList<>();
    private StoreFixture db;
    private LaneStore lanes;
    private LaneStore dying;
    private OutboxOperations operations;
    private UUID node;

    @BeforeAll
    void createTables(Database database) {
        db = new StoreFixture(database);
        lanes = db.lanes;
        dying = JdbcOutbox.on(db.dyingBeforeCommit()).lanes();
        operations = operations(db.outbox);
    }

    private OutboxOperations operations(JdbcOutbox outbox) {
        return new AuditedOperations(
                outbox.operators(), () -> outbox.lanes().layout(), message -> {}, message -> message, told::add);
    }

    @BeforeEach
    void oneNode() {
        db.empty();
        told.clear();
        lanes.layout(4);
        node = UUID.randomUUID();
        lanes.join(node, "node", MINUTE);
    }

    private static void dies(ThrowingCallable step) {
        assertThatThrownBy(step).hasStackTraceContaining("dies before the commit");
    }

    // --- the steps

    @Test
    void announcesOrDoesNot() {
        dies(() -> operations(JdbcOutbox.on(db.dyingBeforeCommit())).changeLanes(6, ACTION));
        assertThat(lanes.layout()).isEqualTo(new LaneLayout(4));
        assertThat(lanes.lanes()).isEqualTo(4);
        assertThat(operations.audit(null, 10)).isEmpty();
        assertThat(told).isEmpty();

        Lanes announced = operations.changeLanes(6, ACTION);

        assertThat(announced).isEqualTo(operations.lanes());
        assertThat(announced).isEqualTo(new Lanes(Stage.ANNOUNCED, 4, 6, 0, 0, List.of("node (" + node + ")")));
        assertThat(lanes.layout()).as("is still written with").isEqualTo(new LaneLayout(4, 6, 1));
        assertThat(lanes.lanes()).isEqualTo(6);
        assertThat(lanes.claim(node, 10)).as("also the new lanes have an owner").hasSize(6);
        assertThat(told).singleElement().satisfies(deed -> {
            assertThat(deed.operation()).isEqualTo(Operation.CHANGE_LANES);
            assertThat(deed.detail()).isEqualTo("lanes from 4 to 6");
            assertThat(deed.actor()).isEqualTo("alice");
        });
        assertThat(operations.audit(null, 10)).hasSize(1);
    }

    @Test
    void switchesOrDoesNotOnceAllHaveAcknowledged() {
        operations.changeLanes(6, ACTION);
        UUID writer = UUID.randomUUID();
        lanes.joinAsWriter(writer, "writer", MINUTE);
        lanes.acknowledge(node, 1);
        assertThat(lanes.advance(NO_GRACE)).isFalse();
        assertThat(operations.lanes().stage()).isEqualTo(Stage.ANNOUNCED);
        assertThat(operations.lanes().waitingFor()).containsExactly("writer (" + writer + ")");

        lanes.acknowledge(writer, 1);
        dies(() -> dying.advance(NO_GRACE));
        assertThat(lanes.layout()).isEqualTo(new LaneLayout(4, 6, 1));
        assertThat(lanes.advance(NO_GRACE)).isFalse();

        assertThat(lanes.layout()).isEqualTo(new LaneLayout(6, 4, 2));
        assertThat(operations.lanes().stage()).isEqualTo(Stage.SWITCHED);
    }

    @Test
    void waitsForASilentNodeUntilItIsExpelled() {
        operations.changeLanes(6, ACTION);
        lanes.acknowledge(node, 1);
        UUID silent = UUID.randomUUID();
        lanes.join(silent, "silent", Duration.ofMillis(-1));
        lanes.advance(NO_GRACE);
        assertThat(lanes.layout().lanes()).isEqualTo(4);

        lanes.neighbours(node).forEach(lanes::expel);
        lanes.advance(NO_GRACE);

        assertThat(lanes.layout().lanes()).isEqualTo(6);
    }

    @Test
    void finishesOrDoesNotWhenTheGraceIsOver() {
        switchTo(6);
        assertThat(lanes.advance(NO_GRACE)).as("not acknowledged").isFalse();
        lanes.acknowledge(node, 2);
        dies(() -> dying.advance(NO_GRACE));
        assertThat(lanes.advance(NO_GRACE)).as("the grace time begins").isFalse();
        assertThat(lanes.advance(MINUTE)).isFalse();
        assertThat(lanes.advance(NO_GRACE)).isTrue();

        dies(() -> dying.finish(2));
        assertThat(lanes.layout()).isEqualTo(new LaneLayout(6, 4, 2));
        assertThat(lanes.finish(1)).as("of another epoch").isFalse();
        UUID late = UUID.randomUUID();
        lanes.joinAsWriter(late, "late", MINUTE);
        assertThat(lanes.finish(2)).as("not acknowledged by all").isFalse();
        lanes.acknowledge(late, 2);
        assertThat(lanes.finish(2)).isTrue();

        assertThat(lanes.layout()).isEqualTo(new LaneLayout(6, 6, 3));
        assertThat(lanes.finish(2)).isFalse();
        assertThat(lanes.advance(NO_GRACE)).isFalse();
        assertThat(operations.lanes()).isEqualTo(new Lanes(Stage.SETTLED, 6, 6, 0, 0, List.of()));
    }

    @Test
    void beginsTheGraceAnewWhenTheClockWasSetBack() {
        switchTo(6);
        lanes.acknowledge(node, 2);
        lanes.advance(NO_GRACE);
        db.jdbc.update("UPDATE reliable_mq_outbox_setting SET setting_value = setting_value + 3600000"
                + " WHERE name = 'layout_acknowledged_at_ms'");

        assertThat(lanes.advance(NO_GRACE)).isFalse();

        assertThat(lanes.advance(NO_GRACE)).isTrue();
    }

    @Test
    void doesNotFinishWhileAParkedMessageIsMisplaced() {
        String key = keyThatMoves(4, 6);
        OutboxRow row = db.written(new LaneLayout(4).laneOf(key), ordered("orders", key));
        park(row);
        switchTo(6);
        lanes.acknowledge(node, 2);
        lanes.advance(NO_GRACE);
        assertThat(operations.lanes().misplacedParked()).isEqualTo(1);
        assertThat(lanes.finish(2)).isFalse();

        operations.skip(row.ref().messageId(), ACTION);

        assertThat(lanes.finish(2)).isTrue();
    }

    /** While its lane was looked through it was parked, and what is parked is looked at in the end. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void doesNotFinishWhenAMisplacedMessageWasReleasedBehindTheLook(boolean byAnOperator) {
        String key = keyThatMoves(4, 6);
        OutboxRow row = db.written(new LaneLayout(4).laneOf(key), ordered("orders", key));
        park(row);
        switchTo(6);
        lanes.acknowledge(node, 2);
        Survey before = lookThrough();
        assertThat(before.misplaced()).isZero();

        if (byAnOperator) {
            operations.release(Parked.message(row.ref().messageId()), 1, ACTION);
        } else {
            db.store.release(List.of(row.ref()));
        }

        assertThat(lanes.finish(before.layout().epoch())).isFalse();
        lanes.acknowledge(node, lanes.layout().epoch());
        assertThat(lookThrough().misplaced()).isEqualTo(1);
        db.store.settle(List.of(row.ref()));
        assertThat(lookThrough().misplaced()).isZero();
        assertThat(lanes.finish(lanes.layout().epoch())).isTrue();
    }

    private Survey lookThrough() {
        Survey survey = Survey.of(lanes.layout());
        while (!survey.ended()) {
            survey = lanes.survey(survey, 100);
        }
        return survey;
    }

    @Test
    void reopensOrDoesNot() {
        lanes.reopen();
        assertThat(lanes.layout()).as("there was no other count").isEqualTo(new LaneLayout(4));
        change(3);
        assertThat(lanes.layout()).isEqualTo(new LaneLayout(3, 3, 3));
        retireAll();
        assertThat(lanes.lanes()).isEqualTo(3);

        dies(dying::reopen);
        assertThat(lanes.layout()).isEqualTo(new LaneLayout(3, 3, 3));
        lanes.reopen();

        assertThat(lanes.layout()).isEqualTo(new LaneLayout(3, 4, 4));
        assertThat(lanes.lanes()).isEqualTo(4);
        lanes.reopen();
        assertThat(lanes.layout().epoch()).isEqualTo(4);
    }

    // --- lanes beyond the count

    @Test
    void removesALaneWhenNothingIsInIt() {
        LaneClaim last = claims().get(3);
        assertThat(lanes.retire(last)).as("below the count").isFalse();
        operations.changeLanes(2, ACTION);
        assertThat(lanes.retire(last)).as("while it changes").isFalse();
        finish(2);
        OutboxRow row = db.written(3, message("orders"));
        assertThat(lanes.retire(last)).as("a row waits").isFalse();
        park(row, last);
        assertThat(lanes.retire(last)).as("a row is parked").isFalse();
        operations.skip(row.ref().messageId(), ACTION);
        assertThat(lanes.retire(new LaneClaim(node, 3, last.epoch() + 1))).isFalse();

        dies(() -> dying.retire(last));
        assertThat(lanes.lanes()).isEqualTo(4);
        assertThat(lanes.retire(last)).isTrue();

        assertThat(lanes.lanes()).isEqualTo(3);
        assertThat(lanes.retire(last)).isFalse();
    }

    @Test
    void givesALaneBackToWhatWasWrittenTooLate() {
        change(1);
        retireAll();
        assertThat(lanes.lanes()).isEqualTo(1);
        assertThat(lanes.revive()).isZero();
        db.written(3, message("orders"));
        db.written(2, message("orders"));

        dies(() -> dying.revive());
        assertThat(lanes.lanes()).isEqualTo(1);
        assertThat(lanes.revive()).isEqualTo(2);

        assertThat(lanes.lanes()).isEqualTo(3);
        assertThat(lanes.revive()).isZero();
        assertThat(lanes.claim(node, 3)).extracting(LaneClaim::lane).containsExactly(2, 3);
    }

    @Test
    void movesDelayedMessagesToLanesThatThereAre() {
        OutgoingMessage now = message("orders");
        OutgoingMessage delayed = new OutgoingMessage(
                now.id(), "orders", null, null, null, "text/plain", now.payload(), Map.of(), 1000, 2000);
        db.transaction(TransactionDefinition.ISOLATION_DEFAULT)
                .executeWithoutResult(
                        status -> db.store.delay(List.of(new LaneMessage(3, delayed)), Duration.ofSeconds(2)));
        change(2);

        assertThat(db.store.moveDue(10)).isEqualTo(1);

        assertThat(db.allRefs(1)).extracting(RowRef::messageId).containsExactly(delayed.id());
    }

    // --- who may change what

    @Test
    void changesNothingInADryRun() {
        String key = keyThatMoves(4, 6);
        db.written(new LaneLayout(4).laneOf(key), ordered("orders", key));

        Lanes would = operations.changeLanes(6, ACTION.asDryRun());

        assertThat(would).isEqualTo(new Lanes(Stage.ANNOUNCED, 4, 6, 1, 0, List.of("node (" + node + ")")));
        assertThat(operations.lanes()).isEqualTo(new Lanes(Stage.SETTLED, 4, 4, 0, 0, List.of()));
        assertThat(operations.audit(null, 10)).isEmpty();
    }

    @Test
    void makesOneChangeAtATime() {
        operations.changeLanes(6, ACTION);
        assertThat(operations.changeLanes(6, ACTION).stage()).isEqualTo(Stage.ANNOUNCED);
        assertThat(told).as("once").hasSize(1);
        assertThatThrownBy(() -> operations.changeLanes(8, ACTION))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("6", "4", "8");
        assertThatThrownBy(() -> operations.changeLanes(8, ACTION.asDryRun()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> operations.changeLanes(1025, ACTION)).isInstanceOf(IllegalArgumentException.class);
        finish(6);
        assertThat(operations.changeLanes(6, ACTION).stage()).isEqualTo(Stage.SETTLED);
        assertThat(operations.changeLanes(4, ACTION).stage()).isEqualTo(Stage.ANNOUNCED);
    }

    @Test
    void waitsForNoProcessThatIsStoppedInTheMiddleOfAStep() {
        operations.changeLanes(6, ACTION);
        lanes.acknowledge(node, 1);
        db.own.transaction("stopped in the middle", session -> {
            assertThat(LaneSettings.lock(session)).isTrue();
            try {
                assertThat(unblocked(() -> lanes.advance(NO_GRACE))).isFalse();
                assertThat(unblocked(() -> lanes.finish(1))).isFalse();
                assertThat(unblocked(() -> lanes.layout())).isEqualTo(new LaneLayout(4, 6, 1));
                return assertThat(unblocked(() -> lanes.revive())).isZero();
            } catch (Exception e) {
                throw new AssertionError("One process waits for another", e);
            }
        });
        OutboxRow row = db.written(0, message("orders"));
        park(row);
        lanes.advance(NO_GRACE);
        db.own.transaction("stopped in the middle", session -> {
            assertThat(LaneSettings.lock(session)).isTrue();
            try {
                return assertThat(unblocked(() -> operations.release(Parked.all(), 1, ACTION)))
                        .isEqualTo(new Outcome(List.of(), 0, true, false));
            } catch (Exception e) {
                throw new AssertionError("An operator waits for a process", e);
            }
        });
        assertThat(operations.release(Parked.all(), 1, ACTION).messages())
                .containsExactly(row.ref().messageId());
        finish(6);
        db.own.transaction("stopped in the middle", session -> {
            assertThat(LaneSettings.lock(session)).isTrue();
            return assertThatThrownBy(() -> unblocked(() -> operations.changeLanes(4, ACTION)))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(DataAccessException.class);
        });
    }

    // --- what is where

    @Test
    void findsMisplacedMessagesPageByPage() {
        LaneLayout before = new LaneLayout(4);
        LaneLayout now = new LaneLayout(6, 4, 2);
        int expected = 0;
        for (int i = 0; i < 40; i++) {
            String key = "key-" + i;
            db.written(before.laneOf(key), i % 4 == 0 ? message("orders") : ordered("orders", key));
            expected += i % 4 != 0 && before.laneOf(key) != now.laneOf(key) ? 1 : 0;
        }
        for (int page : List.of(1, 7, 1000)) {
            Survey survey = Survey.of(now);
            int calls = 0;
            while (!survey.ended()) {
                survey = lanes.survey(survey, page);
                calls++;
            }
            assertThat(survey.misplaced())
                    .as("%s a page", page)
                    .isEqualTo(expected)
                    .isPositive();
            assertThat(calls).isGreaterThanOrEqualTo(40 / page);
        }
    }

    @Test
    void tellsTheLowestIdsOfKeysInOtherLanes() {
        OutboxRow parked = db.written(1, ordered("orders", "a"));
        OutboxRow first = db.written(1, ordered("orders", "b"));
        OutboxRow second = db.written(2, ordered("orders", "b"));
        OutboxRow otherTopic = db.written(2, ordered("invoices", "b"));
        db.written(0, ordered("orders", "c"));
        db.written(1, ordered("orders", "not asked for"));
        OutboxRow last = db.written(1, ordered("orders", "c"));
        park(parked);

        Lowest lowest =
                db.store.lowest(Set.of(1, 2), Set.of("a", "b", "c"), last.ref().id());

        assertThat(lowest.parked())
                .isEqualTo(Map.of(new KeyInLane(1, "orders", "a"), parked.ref().id()));
        assertThat(lowest.waiting())
                .isEqualTo(Map.of(
                        new KeyInLane(1, "orders", "b"),
                        first.ref().id(),
                        new KeyInLane(2, "orders", "b"),
                        second.ref().id(),
                        new KeyInLane(2, "invoices", "b"),
                        otherTopic.ref().id()));
        assertThat(db.store.lowest(Set.of(2), Set.of("b"), Long.MAX_VALUE).waiting())
                .containsEntry(new KeyInLane(2, "orders", "b"), second.ref().id());
        assertThat(db.store.lowest(Set.of(), Set.of("b"), Long.MAX_VALUE).waiting())
                .isEmpty();
    }

    @Test
    void knowsHowFarSoManyRowsOfEachLaneGo() {
        List<OutboxRow> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            rows.add(db.written(i % 3, message("orders")));
        }
        assertThat(db.store.horizon(Set.of(0, 1, 2), 4)).isEqualTo(Long.MAX_VALUE);
        assertThat(db.store.horizon(Set.of(1, 2), 2))
                .isEqualTo(rows.get(7).ref().id());
        assertThat(db.store.horizon(Set.of(), 2)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void asksForAsManyKeysAsThereAre() {
        List<String> keys = IntStream.range(0, 1201).mapToObj(i -> "key-" + i).toList();
        db.written(keys.stream()
                .map(key -> new LaneMessage(1, ordered("orders", key)))
                .toList());

        assertThat(db.store.lowest(Set.of(1), Set.copyOf(keys), Long.MAX_VALUE).waiting())
                .hasSize(1201);
    }

    @Test
    void parksBehindAParkedMessageOfAnotherLaneAndReleasesBoth() {
        List<LaneClaim> claims = claims();
        OutboxRow head = db.written(1, ordered("orders", "k"));
        park(head, claims.get(1));
        RowRef follower = db.written(2, ordered("orders", "k")).ref();
        db.own.transaction("an operator at work", session -> {
            assertThat(new RowLocks(db.outbox.dialect()).lanes(Set.of(1), session))
                    .containsExactly(1);
            return assertThatThrownBy(() -> unblocked(() -> parkBehind(claims.get(2), follower)))
                    .hasCauseInstanceOf(DataAccessException.class);
        });

        assertThat(parkBehind(claims.get(2), follower)).isTrue();

        assertThat(operations.count(Parked.all())).isEqualTo(2);
        assertThat(operations
                        .release(Parked.message(follower.messageId()), 1, ACTION)
                        .blocked())
                .isEqualTo(1);
        assertThat(operations.release(Parked.key("orders", "k"), 10, ACTION).messages())
                .containsExactly(head.ref().messageId(), follower.messageId());
    }

    private boolean parkBehind(LaneClaim claim, RowRef row) {
        return db.store.parkBehind(claim, Set.of(1), List.of(row), Set.of(), "behind");
    }

    // --- short words

    private void switchTo(int count) {
        operations.changeLanes(count, ACTION);
        lanes.acknowledge(node, lanes.layout().epoch());
        lanes.advance(NO_GRACE);
        assertThat(lanes.layout().lanes()).isEqualTo(count);
    }

    private void change(int count) {
        operations.changeLanes(count, ACTION);
        finish(count);
    }

    private void finish(int count) {
        lanes.acknowledge(node, lanes.layout().epoch());
        lanes.advance(NO_GRACE);
        lanes.acknowledge(node, lanes.layout().epoch());
        lanes.advance(NO_GRACE);
        assertThat(lanes.advance(NO_GRACE)).isTrue();
        assertThat(lanes.finish(lanes.layout().epoch())).isTrue();
        assertThat(lanes.layout().lanes()).isEqualTo(count);
    }

    /** By lane. */
    private List<LaneClaim> claims() {
        lanes.claim(node, 1000);
        return lanes.owned(node).entrySet().stream()
                .map(lane -> new LaneClaim(node, lane.getKey(), lane.getValue()))
                .toList();
    }

    private void retireAll() {
        claims().forEach(lanes::retire);
    }

    private void park(OutboxRow row) {
        park(row, claims().get(row.ref().lane()));
    }

    private void park(OutboxRow row, LaneClaim claim) {
        assertThat(db.store.park(claim, List.of(row.ref()), "refused")).isTrue();
    }

    private static String keyThatMoves(int from, int to) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "key-" + i)
                .filter(key -> new LaneLayout(from).laneOf(key) != new LaneLayout(to).laneOf(key))
                .findFirst()
                .orElseThrow();
    }
}
