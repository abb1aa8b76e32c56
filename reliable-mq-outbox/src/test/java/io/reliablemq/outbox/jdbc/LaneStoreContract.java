package io.reliablemq.outbox.jdbc;

import static io.reliablemq.outbox.jdbc.StoreFixture.elsewhere;
import static io.reliablemq.outbox.jdbc.StoreFixture.run;
import static io.reliablemq.outbox.jdbc.StoreFixture.unblocked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.LaneStore.Neighbour;
import io.reliablemq.testdatabases.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What a lane store must do, on every database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LaneStoreContract {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration ENDED = Duration.ofMillis(-1);

    private StoreFixture db;
    private LaneStore lanes;

    @BeforeAll
    void createTables(Database database) {
        db = new StoreFixture(database);
        lanes = db.lanes;
    }

    @BeforeEach
    void emptyTables() {
        db.empty();
    }

    // --- layout

    @Test
    void keepsTheLayoutOfTheFirstProcess() {
        assertThat(lanes.layout(16)).isEqualTo(new LaneLayout(16));
        assertThat(lanes.layout(32)).isEqualTo(new LaneLayout(16));
        assertThat(lanes.layout()).isEqualTo(new LaneLayout(16));
        assertThat(lanes.lanes()).isEqualTo(16);
    }

    @Test
    void refusesAHashThatThisReleaseDoesNotKnow() {
        lanes.layout(16);
        db.jdbc.update("UPDATE reliable_mq_outbox_setting SET setting_value = 9 WHERE name = 'hash_version'");
        assertThatThrownBy(() -> lanes.layout(16))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("hash_version is 9", "release");
    }

    @Test
    void letsOneOfSeveralProcessesDecideTheLayout() throws Exception {
        CyclicBarrier start = new CyclicBarrier(4);
        List<Future<Integer>> processes = IntStream.range(0, 4)
                .mapToObj(i -> elsewhere(() -> {
                    start.await(5, TimeUnit.SECONDS);
                    return lanes.layout(i < 2 ? 8 : 12).lanes();
                }))
                .toList();
        Set<Integer> agreed = new HashSet<>();
        for (Future<Integer> process : processes) {
            agreed.add(process.get(10, TimeUnit.SECONDS));
        }
        assertThat(agreed).hasSize(1);
        assertThat(lanes.lanes()).isEqualTo(agreed.iterator().next());
    }

    // --- nodes

    @Test
    void knowsLiveAndDeadNodes() {
        UUID live = joined(MINUTE);
        UUID dead = joined(ENDED);
        UUID self = joined(ENDED);

        assertThat(lanes.liveNodes()).isEqualTo(1);
        assertThat(lanes.neighbours(self)).hasSize(2);
        assertThat(seen(live).overdueMs()).isBetween(-60_000L, -30_000L);
        assertThat(seen(dead).overdueMs()).isBetween(1L, 30_000L);
        long ended = seen(dead).leaseUntilMs();
        assertThat(lanes.heartbeat(dead, MINUTE)).isTrue();
        assertThat(seen(dead).leaseUntilMs()).isGreaterThan(ended);
        assertThat(lanes.liveNodes()).isEqualTo(2);
        assertThat(lanes.heartbeat(UUID.randomUUID(), MINUTE)).isFalse();
        lanes.leave(live);
        assertThat(lanes.liveNodes()).isEqualTo(1);
        assertThat(lanes.heartbeat(live, MINUTE)).isFalse();
    }

    @Test
    void knowsNodesThatOnlyWriteAndGivesThemNoShare() {
        lanes.layout(4);
        UUID writer = UUID.randomUUID();
        lanes.joinAsWriter(writer, "writer", ENDED);
        UUID relay = joined(MINUTE);
        assertThat(lanes.neighbours(relay)).extracting(Neighbour::node).containsExactly(writer);
        assertThat(lanes.heartbeat(writer, MINUTE)).isTrue();

        assertThat(lanes.liveNodes()).isEqualTo(1);
        lanes.leave(writer);
        assertThat(lanes.neighbours(relay)).isEmpty();
        assertThat(lanes.heartbeat(writer, MINUTE)).isFalse();
    }

    @Test
    void measuresLeasesTheSameWhateverTheSessionsTimeZone() throws Exception {
        String setTimeZone =
                db.outbox.dialect().isMySqlFamily() ? "SET time_zone = '+09:00'" : "SET TIME ZONE 'Asia/Tokyo'";
        SingleConnectionDataSource tokyo = db.bareConnection();
        try {
            run(tokyo.getConnection(), setTimeZone);
            LaneStore inTokyo = JdbcOutbox.on(tokyo).lanes();
            UUID node = UUID.randomUUID();
            inTokyo.join(node, "tokyo", MINUTE);

            long left = new JdbcTemplate(tokyo)
                            .queryForObject("SELECT MAX(lease_until_ms) FROM reliable_mq_outbox_node", Long.class)
                    - System.currentTimeMillis();
            assertThat(left).isBetween(30_000L, 90_000L);
            assertThat(lanes.liveNodes()).isEqualTo(1);
            assertThat(inTokyo.liveNodes()).isEqualTo(1);
        } finally {
            tokyo.destroy();
        }
    }

    // --- expel

    @Test
    void freesTheLanesOfADeadNode() {
        lanes.layout(4);
        UUID dead = joined(ENDED);
        Collection<LaneClaim> before = lanes.claim(dead, 3);
        UUID live = joined(MINUTE);

        assertThat(expel(dead)).isEqualTo(3);

        assertThat(lanes.owned(dead)).isEmpty();
        assertThat(lanes.heartbeat(dead, MINUTE)).isFalse();
        assertThat(lanes.neighbours(live)).isEmpty();
        assertThat(lanes.claim(live, 4))
                .hasSize(4)
                .filteredOn(claim -> claim.lane() == 0)
                .allSatisfy(claim -> assertThat(claim.epoch())
                        .isEqualTo(before.iterator().next().epoch() + 2));
        before.forEach(claim -> assertThat(lanes.handOver(claim)).isFalse());
    }

    @Test
    void doesNotExpelANodeThatHasRenewedItsLeaseSinceItWasSeen() {
        lanes.layout(4);
        UUID live = joined(ENDED);
        Collection<LaneClaim> claims = lanes.claim(live, 4);
        Neighbour seen = seen(live);
        lanes.heartbeat(live, MINUTE);

        assertThat(lanes.expel(seen)).isZero();

        assertThat(lanes.owned(live)).isEqualTo(epochs(claims));
        assertThat(lanes.heartbeat(live, MINUTE)).isTrue();
    }

    /** Also one whose lease would go on for an hour, because the database's clock was set back. */
    @Test
    void expelsANodeThatHasNotRenewedItsLeaseWhateverTheClockSays() {
        lanes.layout(4);
        UUID silent = joined(MINUTE);
        lanes.claim(silent, 4);

        assertThat(expel(silent)).isEqualTo(4);

        assertThat(lanes.heartbeat(silent, MINUTE)).isFalse();
    }

    private int expel(UUID node) {
        return lanes.expel(seen(node));
    }

    private Neighbour seen(UUID node) {
        return lanes.neighbours(UUID.randomUUID()).stream()
                .filter(each -> each.node().equals(node))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void neitherExpelsANodeWhoseHeartbeatIsBeingCommittedNorWaitsForIt() {
        lanes.layout(4);
        UUID node = joined(ENDED);
        lanes.claim(node, 4);
        Neighbour seen = seen(node);
        int expelled = db.own.transaction("heartbeat that takes its time", session -> {
            session.update(
                    "UPDATE reliable_mq_outbox_node SET lease_until_ms = "
                            + db.outbox.dialect().nowMs() + " + 60000 WHERE node = ?",
                    parameters -> parameters.add(node));
            return unwaited(() -> lanes.expel(seen));
        });

        assertThat(expelled).isZero();
        assertThat(lanes.owned(node)).hasSize(4);
        assertThat(lanes.expel(seen)).isZero();
    }

    @Test
    void doesNotWaitForAProcessThatIsStoppedInTheMiddleOfATransaction() {
        lanes.layout(4);
        UUID stopped = joined(ENDED);
        lanes.claim(stopped, 4);
        Neighbour seen = seen(stopped);
        int whileTheNodeIsLocked = whileLocked("reliable_mq_outbox_node", () -> lanes.expel(seen));
        assertThat(whileTheNodeIsLocked).isZero();
        assertThat(lanes.owned(stopped)).hasSize(4);

        int whileALaneIsLocked = whileLocked("reliable_mq_outbox_lane WHERE lane = 2", () -> lanes.expel(seen));

        assertThat(whileALaneIsLocked).isEqualTo(3);
        assertThat(lanes.heartbeat(stopped, MINUTE)).isFalse();
        assertThat(expel(stopped)).isEqualTo(1);
        assertThat(lanes.owned(stopped)).isEmpty();
    }

    private int whileLocked(String rows, Callable<Integer> work) {
        return db.own.transaction("stopped in the middle", session -> {
            session.query("SELECT 1 FROM " + rows + " FOR UPDATE", parameters -> {}, Columns::nextInt);
            return unwaited(work);
        });
    }

    private static <T> T unwaited(Callable<T> work) {
        try {
            return unblocked(work);
        } catch (Exception e) {
            throw new AssertionError("One process waits for another", e);
        }
    }

    @Test
    void fencesANodeWhoseHeartbeatComesWhileItIsBeingExpelled() throws Exception {
        lanes.layout(4);
        UUID node = joined(ENDED);
        lanes.claim(node, 4);
        Future<Boolean> heartbeat = db.own.transaction("steal that takes its time", session -> {
            session.update("DELETE FROM reliable_mq_outbox_node WHERE node = ?", parameters -> parameters.add(node));
            Future<Boolean> meanwhile = elsewhere(() -> lanes.heartbeat(node, MINUTE));
            assertWaits(meanwhile);
            return meanwhile;
        });

        assertThat(heartbeat.get(5, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void freesLanesOfAnOwnerThatSomebodyDeletedByHand() {
        lanes.layout(4);
        UUID gone = joined(MINUTE);
        lanes.claim(gone, 4);
        db.jdbc.update("DELETE FROM reliable_mq_outbox_node");
        UUID live = joined(MINUTE);

        assertThat(seen(gone).isRegistered()).isFalse();
        assertThat(expel(gone)).isEqualTo(4);
        assertThat(lanes.neighbours(live)).isEmpty();
        assertThat(lanes.claim(live, 4)).hasSize(4);
    }

    // --- claim and hand over

    @Test
    void claimsNoMoreThanAskedAndRaisesTheEpoch() {
        lanes.layout(4);
        UUID node = joined(MINUTE);

        Collection<LaneClaim> claims = lanes.claim(node, 3);

        assertThat(claims).hasSize(3).allSatisfy(claim -> assertThat(claim.epoch())
                .isEqualTo(1));
        assertThat(lanes.owned(node)).isEqualTo(epochs(claims));
        assertThat(lanes.claim(node, 3)).hasSize(1);
        assertThat(lanes.claim(node, 3)).isEmpty();
        assertThat(lanes.claim(node, 0)).isEmpty();
    }

    @Test
    void givesNoLaneToANodeThatIsNotRegistered() {
        lanes.layout(4);
        assertThat(lanes.claim(UUID.randomUUID(), 4)).isEmpty();
    }

    @Test
    void givesEachLaneToOneOfTwoNodesThatClaimAtOnce() throws Exception {
        lanes.layout(16);
        for (int round = 0; round < 10; round++) {
            int atMost = round % 2 == 0 ? 8 : 16;
            UUID one = joined(MINUTE);
            UUID other = joined(MINUTE);
            CyclicBarrier start = new CyclicBarrier(2);
            Future<Set<Integer>> first = elsewhere(() -> claimedBy(one, atMost, start));
            Future<Set<Integer>> second = elsewhere(() -> claimedBy(other, atMost, start));
            List<Integer> all = new ArrayList<>(first.get(10, TimeUnit.SECONDS));
            all.addAll(second.get(10, TimeUnit.SECONDS));
            assertThat(all).hasSize(16).doesNotHaveDuplicates();
            assertThat(lanes.owned(one).size() + lanes.owned(other).size()).isEqualTo(16);
            lanes.leave(one);
            lanes.leave(other);
        }
    }

    @Test
    void handsALaneOverOnlyUnderAValidClaim() {
        lanes.layout(1);
        UUID node = joined(MINUTE);
        LaneClaim claim = lanes.claim(node, 1).iterator().next();

        assertThat(lanes.handOver(new LaneClaim(node, 0, claim.epoch() + 1))).isFalse();
        assertThat(lanes.handOver(new LaneClaim(UUID.randomUUID(), 0, claim.epoch())))
                .isFalse();
        assertThat(lanes.handOver(claim)).isTrue();
        assertThat(lanes.handOver(claim)).isFalse();
        assertThat(lanes.owned(node)).isEmpty();
        assertThat(lanes.claim(node, 1)).containsExactly(new LaneClaim(node, 0, claim.epoch() + 2));
    }

    @Test
    void leavesItsLanesToOthers() {
        lanes.layout(4);
        UUID node = joined(MINUTE);
        lanes.claim(node, 4);
        lanes.leave(node);
        UUID next = joined(MINUTE);
        assertThat(lanes.claim(next, 4)).hasSize(4).allSatisfy(claim -> assertThat(claim.epoch())
                .isEqualTo(3));
    }

    // --- connections

    @Test
    void runsAtReadCommittedAndGivesConnectionsBackAsTheyCame() throws Exception {
        lanes.layout(4);
        SingleConnectionDataSource single = db.bareConnection();
        try {
            Connection connection = single.getConnection();
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            OwnTransactions own = new OwnTransactions(single, db.outbox.dialect());
            for (boolean autoCommit : new boolean[] {true, false}) {
                connection.setAutoCommit(autoCommit);

                assertThat(own.transaction("reading twice", this::seesACommitInBetween))
                        .isTrue();
                assertUnchanged(connection, autoCommit);

                own.statement("reading once", session -> count(session));
                assertUnchanged(connection, autoCommit);

                assertThatThrownBy(() -> own.statement("failing", session -> {
                            throw new IllegalArgumentException("before any statement");
                        }))
                        .isInstanceOf(IllegalArgumentException.class);
                assertUnchanged(connection, autoCommit);

                assertThatThrownBy(() -> own.transaction("failing", session -> {
                            session.update("DELETE FROM reliable_mq_outbox_lane", p -> {});
                            return session.update("DELETE FROM no_such_table", p -> {});
                        }))
                        .hasMessageContaining("failing");
                assertUnchanged(connection, autoCommit);
                assertThat(db.jdbc.queryForObject("SELECT COUNT(*) FROM reliable_mq_outbox_lane", Integer.class))
                        .isEqualTo(4);
            }
        } finally {
            single.destroy();
        }
    }

    /** As on a connection that a firewall has forgotten. */
    @Test
    void waitsForNoServerForEver() throws Exception {
        assumeThat(db.outbox.dialect()).as("a server").isNotEqualTo(OutboxDialect.H2);
        OwnTransactions own = new OwnTransactions(db.dataSource, db.outbox.dialect(), Duration.ofSeconds(1));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> own.read("asking a server that is silent", this::sleep))
                    .isInstanceOf(DataAccessException.class);
            assertThatThrownBy(() -> own.transaction("asking a server that is silent", this::sleep))
                    .isInstanceOf(DataAccessException.class);
        }

        assertThat(own.read("reading", LaneStoreContract::count)).isZero();
    }

    @Test
    void givesConnectionsBackWithTheTimeOutThatTheyCameWith() throws Exception {
        SingleConnectionDataSource single = db.bareConnection();
        try {
            for (int timeout : new int[] {0, 5_000, 300_000}) {
                single.getConnection().setNetworkTimeout(Runnable::run, timeout);
                int before = single.getConnection().getNetworkTimeout();
                OwnTransactions own = new OwnTransactions(single, db.outbox.dialect());

                int during = own.read("reading", session -> session.connection().getNetworkTimeout());

                assertThat(single.getConnection().getNetworkTimeout()).isEqualTo(before);
                if (db.outbox.dialect() != OutboxDialect.H2) {
                    assertThat(during).isEqualTo(timeout == 5_000 ? 5_000 : 60_000);
                }
            }
        } finally {
            single.destroy();
        }
    }

    private int sleep(Session session) throws SQLException {
        String sleep = db.outbox.dialect() == OutboxDialect.POSTGRESQL ? "pg_sleep(20)" : "SLEEP(20)";
        return session.query("SELECT " + sleep, p -> {}, columns -> 0).size();
    }

    /** PostgreSQL's driver asks by a transaction of its own. */
    @Test
    void asksAConnectionForItsIsolationOnceAtMost() {
        lanes.layout(4);
        List<String> calls = new ArrayList<>();
        SingleConnectionDataSource single = db.bareConnection();
        try {
            OwnTransactions own = new OwnTransactions(StoreFixture.observed(single, calls::add), db.outbox.dialect());

            own.read("reading", LaneStoreContract::count);
            assertThat(calls).doesNotContain("getTransactionIsolation");
            own.statement("reading once", LaneStoreContract::count);
            own.statement("reading once more", LaneStoreContract::count);
            if (db.outbox.dialect() != OutboxDialect.H2) {
                own.transaction("reading", LaneStoreContract::count);
            }

            assertThat(calls).filteredOn("getTransactionIsolation"::equals).hasSizeLessThanOrEqualTo(1);
        } finally {
            single.destroy();
        }
    }

    private void assertUnchanged(Connection connection, boolean autoCommit) throws Exception {
        assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        assertThat(seesACommitInBetween(new Session(connection, db.outbox.dialect())))
                .as("business code still reads repeatably")
                .isFalse();
        connection.rollback();
        connection.setAutoCommit(autoCommit);
    }

    private boolean seesACommitInBetween(Session session) throws java.sql.SQLException {
        long before = count(session);
        db.jdbc.update("UPDATE reliable_mq_outbox_lane SET epoch = epoch + 1 WHERE lane = 0");
        return count(session) != before;
    }

    private static long count(Session session) throws java.sql.SQLException {
        return session.one("SELECT SUM(epoch) FROM reliable_mq_outbox_lane", p -> {}, Columns::nextLong)
                .orElseThrow();
    }

    private UUID joined(Duration lease) {
        UUID node = UUID.randomUUID();
        lanes.join(node, "node-" + "x".repeat(300), lease);
        return node;
    }

    private Set<Integer> claimedBy(UUID node, int atMost, CyclicBarrier start) throws Exception {
        start.await(5, TimeUnit.SECONDS);
        Set<Integer> claimed = new HashSet<>();
        // skipped lanes may be free again a moment later
        for (int attempt = 0; attempt < 5; attempt++) {
            lanes.claim(node, Math.min(atMost, 16 - claimed.size())).forEach(claim -> claimed.add(claim.lane()));
        }
        return claimed;
    }

    private static Map<Integer, Long> epochs(Collection<LaneClaim> claims) {
        return claims.stream().collect(java.util.stream.Collectors.toMap(LaneClaim::lane, LaneClaim::epoch));
    }

    private static void assertWaits(Future<?> future) {
        assertThatThrownBy(() -> future.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }
}
