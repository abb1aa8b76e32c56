package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import io.reliablemq.outbox.spi.OutboxStore.ParkedMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.dao.CannotAcquireLockException;

/** The parked table, and the ways into it and out of it. */
final class ParkedRows {

    private static final String OUTBOX = OutboxDialect.OUTBOX;
    private static final String PARKED = OutboxDialect.PARKED;

    private final OutboxDialect dialect;
    private final RowLocks locks;

    ParkedRows(OutboxDialect dialect) {
        this.dialect = dialect;
        this.locks = new RowLocks(dialect);
    }

    /**
     * Held until the commit: a lane that is taken over meanwhile is taken over after the move. Fails where an operator has the lane:
     * the relay tries again a moment later, and does not wait for a process that may have been stopped.
     */
    boolean owns(LaneClaim claim, Session session) throws SQLException {
        return session.one(
                        "SELECT lane FROM " + JdbcLaneStore.LANE
                                + " WHERE lane = ? AND owner = ? AND epoch = ? FOR UPDATE NOWAIT",
                        parameters ->
                                parameters.add(claim.lane()).add(claim.node()).add(claim.epoch()),
                        Columns::nextInt)
                .isPresent();
    }

    /**
     * Where rows are parked.
     *
     * @param behind only behind an earlier parked one of their key
     * @param elsewhere other lanes that those may be in
     */
    record Place(boolean behind, Set<Integer> elsewhere) {}

    static final Place FIRST = new Place(false, Set.of());

    /** Keeps operators from releasing what rows are about to be parked behind. Fails like {@link #owns} where one is at it. */
    void lock(Place place, Session session) throws SQLException {
        if (!locks.lanes(place.elsewhere(), session).containsAll(place.elsewhere())) {
            throw new CannotAcquireLockException(
                    "Somebody else works on one of the lanes " + place.elsewhere() + ", nothing was parked");
        }
    }

    void park(List<RowMatch> matches, boolean unsent, Place place, String reason, Session session) throws SQLException {
        for (RowMatch match : matches) {
            // first lock, then copy and delete: what somebody else is settling at the same time is left to that one
            List<RowRef> locked = locks.takeFree(OUTBOX, match, session);
            for (RowMatch mine : RowMatch.of(place.behind() ? behindParked(locked, session) : locked, dialect)) {
                move(mine, unsent, reason, session);
            }
        }
    }

    private List<RowRef> behindParked(List<RowRef> rows, Session session) throws SQLException {
        List<RowRef> behind = new ArrayList<>();
        for (RowMatch match : RowMatch.of(rows, dialect)) {
            behind.addAll(session.query(
                    "SELECT " + MessageColumns.REFERENCE + match.rows(OUTBOX, dialect) + " AND EXISTS (SELECT 1"
                            + earlierParked(OUTBOX) + ")",
                    match.binding(),
                    MessageColumns::reference));
        }
        return behind;
    }

    /** SQL for the parked messages before a row of that table with the same key, whatever their lane. */
    static String earlierParked(String table) {
        return " FROM " + PARKED + " e WHERE e.topic = " + table + ".topic AND e.ordering_key = " + table
                + ".ordering_key AND e.id < " + table + ".id";
    }

    private void move(RowMatch match, boolean unsent, String reason, Session session) throws SQLException {
        session.update(
                "INSERT INTO " + PARKED + " (" + MessageColumns.ALL + ", reason, parked_at_ms, unsent) SELECT "
                        + MessageColumns.ALL + ", CAST(? AS " + (dialect.isMySqlFamily() ? "CHAR" : "VARCHAR")
                        + "(1000)), " + dialect.nowMs() + ", " + (unsent ? "NOT returned" : "FALSE")
                        + match.rows(OUTBOX, dialect),
                parameters -> parameters.add(ColumnLimits.reason(reason)).add(match.binding()));
        session.update(match.delete(OUTBOX, dialect), match.binding());
    }

    int release(List<RowMatch> matches, Session session) throws SQLException {
        if (!LaneChanges.lookAnew(session)) {
            throw new CannotAcquireLockException(
                    "Another process is just at a step of a change of the lane count, nothing was released. Try again");
        }
        int released = 0;
        for (RowMatch match : matches) {
            List<RowRef> locked = locks.takeFree(PARKED, match, session);
            moveBack(locked, session);
            released += locked.size();
        }
        return released;
    }

    /**
     * Under the old row ids: what was written later under the same key keeps its place behind.
     *
     * @param locked by this transaction
     */
    void moveBack(List<RowRef> locked, Session session) throws SQLException {
        for (RowMatch match : RowMatch.parked(locked, dialect)) {
            session.update(
                    "INSERT INTO " + OUTBOX + " (" + MessageColumns.ALL + ", returned) SELECT " + MessageColumns.ALL
                            + ", TRUE" + match.rows(PARKED, dialect),
                    match.binding());
            delete(match, session);
        }
    }

    void delete(RowMatch match, Session session) throws SQLException {
        session.update(match.delete(PARKED, dialect), match.binding());
    }

    Map<ParkedKey, Long> keys(int lane, Session session) throws SQLException {
        Map<ParkedKey, Long> lowest = new HashMap<>();
        session.query(
                "SELECT topic, ordering_key, MIN(id) FROM " + PARKED
                        + " WHERE lane = ? AND ordering_key IS NOT NULL GROUP BY topic, ordering_key",
                parameters -> parameters.add(lane),
                columns -> lowest.put(new ParkedKey(columns.nextText(), columns.nextText()), columns.nextLong()));
        return lowest;
    }

    List<ParkedMessage> list(int limit, Session session) throws SQLException {
        return session.query(
                "SELECT " + MessageColumns.ALL + ", reason, parked_at_ms FROM " + PARKED + " ORDER BY id LIMIT ?",
                parameters -> parameters.add(limit),
                columns -> {
                    OutboxRow row = MessageColumns.row(columns);
                    return new ParkedMessage(row, columns.nextText(), columns.nextLong());
                });
    }
}
