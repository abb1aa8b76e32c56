package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The tables reliable_mq_outbox_lane and reliable_mq_outbox_node.
 *
 * <p>Whoever changes both locks the node's row first, then lanes in ascending order.
 */
final class JdbcLaneStore implements LaneStore {

    static final String LANE = "reliable_mq_outbox_lane";
    static final String NODE = "reliable_mq_outbox_node";
    private static final String FREE = "UPDATE " + LANE + " SET owner = NULL, epoch = epoch + 1";

    private final OwnTransactions own;
    private final Layouts layouts;
    private final LaneChanges changes;
    private final LaneKeys keys;
    private final String now;

    JdbcLaneStore(OwnTransactions own, OutboxDialect dialect) {
        this.own = own;
        this.layouts = new Layouts(own);
        this.changes = new LaneChanges(dialect);
        this.keys = new LaneKeys(dialect);
        this.now = dialect.nowMs();
    }

    @Override
    public LaneLayout layout(int lanesOfNew) {
        return layouts.agree(new LaneLayout(lanesOfNew));
    }

    @Override
    public LaneLayout layout() {
        return layouts.now();
    }

    @Override
    public void join(UUID node, String name, Duration lease) {
        join(node, name, lease, true);
    }

    @Override
    public void joinAsWriter(UUID node, String name, Duration lease) {
        join(node, name, lease, false);
    }

    private void join(UUID node, String name, Duration lease, boolean relays) {
        own.statement(
                "registering a node",
                session -> session.update(
                        "INSERT INTO " + NODE + " (node, name, lease_until_ms, relays) VALUES (?, ?, " + now + " + ?, "
                                + (relays ? "TRUE" : "FALSE") + ")",
                        parameters -> parameters
                                .add(node)
                                .add(ColumnLimits.name(name))
                                .add(lease.toMillis())));
    }

    @Override
    public void acknowledge(UUID node, long layoutEpoch) {
        own.statement(
                "acknowledging a lane layout",
                session -> session.update(
                        "UPDATE " + NODE + " SET layout_epoch = ? WHERE node = ?",
                        parameters -> parameters.add(layoutEpoch).add(node)));
    }

    @Override
    public boolean heartbeat(UUID node, Duration lease) {
        return own.statement(
                "extending a lease",
                session -> session.update(
                                "UPDATE " + NODE + " SET lease_until_ms = " + now + " + ? WHERE node = ?",
                                parameters -> parameters.add(lease.toMillis()).add(node))
                        > 0);
    }

    @Override
    public int liveNodes() {
        return own.read("counting nodes", session -> session.one(
                        "SELECT COUNT(*) FROM " + NODE + " WHERE relays = TRUE AND lease_until_ms > " + now,
                        parameters -> {},
                        Columns::nextInt)
                .orElseThrow());
    }

    @Override
    public int lanes() {
        return own.read("counting lanes", session -> session.one(
                        "SELECT COUNT(*) FROM " + LANE, parameters -> {}, Columns::nextInt)
                .orElseThrow());
    }

    /** Also owners of lanes that are not registered at all: somebody has deleted a node by hand. */
    @Override
    public List<Neighbour> neighbours(UUID self) {
        return own.read(
                "looking at the other nodes",
                session -> session.query(
                        "SELECT node, lease_until_ms, " + now + " - lease_until_ms FROM " + NODE
                                + " WHERE node <> ? UNION ALL SELECT DISTINCT owner, 0, 0 FROM " + LANE
                                + " WHERE owner IS NOT NULL AND owner <> ? AND owner NOT IN (SELECT node FROM " + NODE
                                + ")",
                        parameters -> parameters.add(self).add(self),
                        columns -> new Neighbour(columns.nextUuid(), columns.nextLong(), columns.nextLong())));
    }

    @Override
    public int expel(Neighbour dead) {
        UUID node = dead.node();
        return own.transaction("expelling a dead node", session -> {
            if (lockUnlessRenewed(dead, session)) {
                session.update("DELETE FROM " + NODE + " WHERE node = ?", parameters -> parameters.add(node));
            } else if (isRegistered(node, "", session)) {
                return 0;
            }
            int freed = 0;
            for (int lane : lockLanes(node, session)) {
                freed += session.update(
                        FREE + " WHERE lane = ? AND owner = ?",
                        parameters -> parameters.add(lane).add(node));
            }
            return freed;
        });
    }

    /**
     * Passes over what is locked: by a heartbeat that is being committed, or by a process that was stopped in the middle of a
     * transaction. Who waited for that one would lose the own lease, and then the next would.
     */
    private static boolean lockUnlessRenewed(Neighbour seen, Session session) throws SQLException {
        return session.one(
                        "SELECT node FROM " + NODE + " WHERE node = ? AND lease_until_ms = ? FOR UPDATE SKIP LOCKED",
                        parameters -> parameters.add(seen.node()).add(seen.leaseUntilMs()),
                        Columns::nextUuid)
                .isPresent();
    }

    /** What is passed over has an owner that is not registered any more, so it is found again. */
    private static List<Integer> lockLanes(UUID owner, Session session) throws SQLException {
        return session.query(
                "SELECT lane FROM " + LANE + " WHERE owner = ? ORDER BY lane FOR UPDATE SKIP LOCKED",
                parameters -> parameters.add(owner),
                Columns::nextInt);
    }

    @Override
    public Map<Integer, Long> owned(UUID node) {
        Map<Integer, Long> epochs = new TreeMap<>();
        own.read(
                        "reading owned lanes",
                        session -> session.query(
                                "SELECT lane, epoch FROM " + LANE + " WHERE owner = ?",
                                parameters -> parameters.add(node),
                                columns -> new LaneClaim(node, columns.nextInt(), columns.nextLong())))
                .forEach(claim -> epochs.put(claim.lane(), claim.epoch()));
        return epochs;
    }

    @Override
    public Collection<LaneClaim> claim(UUID node, int atMost) {
        if (atMost <= 0) {
            return List.of();
        }
        return own.transaction("claiming lanes", session -> {
            // the lock keeps the node from being expelled in between, which would leave the lanes to nobody
            return isRegistered(node, " FOR UPDATE", session) ? take(node, atMost, session) : List.of();
        });
    }

    private static List<LaneClaim> take(UUID node, int atMost, Session session) throws SQLException {
        // skips lanes that another node is just taking, instead of waiting and coming away with nothing
        List<LaneClaim> free = session.query(
                "SELECT lane, epoch FROM " + LANE + " WHERE owner IS NULL ORDER BY lane LIMIT ? FOR UPDATE SKIP LOCKED",
                parameters -> parameters.add(atMost),
                columns -> new LaneClaim(node, columns.nextInt(), columns.nextLong() + 1));
        List<LaneClaim> taken = new ArrayList<>();
        for (LaneClaim claim : free) {
            int updated = session.update(
                    "UPDATE " + LANE + " SET owner = ?, epoch = ? WHERE lane = ? AND owner IS NULL AND epoch = ?",
                    parameters -> parameters
                            .add(node)
                            .add(claim.epoch())
                            .add(claim.lane())
                            .add(claim.epoch() - 1));
            if (updated == 1) {
                taken.add(claim);
            }
        }
        return taken;
    }

    /** Tried again with the next heartbeat where an operator has the lane locked. */
    @Override
    public boolean handOver(LaneClaim claim) {
        return own.transaction("handing a lane over", session -> {
            boolean valid = session.one(
                            "SELECT lane FROM " + LANE
                                    + " WHERE lane = ? AND owner = ? AND epoch = ? FOR UPDATE SKIP LOCKED",
                            parameters -> parameters
                                    .add(claim.lane())
                                    .add(claim.node())
                                    .add(claim.epoch()),
                            Columns::nextInt)
                    .isPresent();
            return valid && session.update(FREE + " WHERE lane = ?", parameters -> parameters.add(claim.lane())) == 1;
        });
    }

    @Override
    public void leave(UUID node) {
        own.transaction("leaving", session -> {
            session.update("DELETE FROM " + NODE + " WHERE node = ?", parameters -> parameters.add(node));
            return free(node, session);
        });
    }

    private static boolean isRegistered(UUID node, String lock, Session session) throws SQLException {
        return session.one(
                        "SELECT node FROM " + NODE + " WHERE node = ?" + lock,
                        parameters -> parameters.add(node),
                        Columns::nextUuid)
                .isPresent();
    }

    private static int free(UUID owner, Session session) throws SQLException {
        return session.update(FREE + " WHERE owner = ?", parameters -> parameters.add(owner));
    }

    @Override
    public boolean advance(Duration grace) {
        return own.transaction("changing the lane count", session -> changes.advance(grace, session));
    }

    @Override
    public Survey survey(Survey from, int rows) {
        return own.statement("looking for misplaced messages", session -> keys.survey(from, rows, session));
    }

    @Override
    public boolean finish(long layoutEpoch) {
        return own.transaction("finishing a change of the lane count", session -> changes.finish(layoutEpoch, session));
    }

    @Override
    public boolean reopen() {
        return own.transaction("reopening a change of the lane count", changes::reopen);
    }

    @Override
    public boolean retire(LaneClaim claim) {
        return own.transaction("removing a lane", session -> changes.retire(claim, session));
    }

    /** Looks first, without a lock: as a rule there is nothing. */
    @Override
    public int revive() {
        List<Integer> ownerless = own.statement(
                "looking for lanes without owner",
                session -> changes.ownerless(LaneSettings.read(session).layout(), session));
        return ownerless.isEmpty() ? 0 : own.transaction("adding a lane again", changes::revive);
    }
}
