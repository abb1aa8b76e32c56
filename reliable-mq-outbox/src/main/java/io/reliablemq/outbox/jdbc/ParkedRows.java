package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import io.reliablemq.outbox.spi.OutboxStore.ParkedMessage;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The parked table, and the ways into it and out of it. */
final class ParkedRows {

    private static final String OUTBOX = OutboxDialect.OUTBOX;
    private static final String PARKED = OutboxDialect.PARKED;

    private final OutboxDialect dialect;

    ParkedRows(OutboxDialect dialect) {
        this.dialect = dialect;
    }

    /** Held until the commit: a lane that is taken over meanwhile is taken over after the move. */
    boolean owns(LaneClaim claim, Session session) throws SQLException {
        return session.one(
                        "SELECT lane FROM " + JdbcLaneStore.LANE
                                + " WHERE lane = ? AND owner = ? AND epoch = ? FOR UPDATE",
                        parameters ->
                                parameters.add(claim.lane()).add(claim.node()).add(claim.epoch()),
                        Columns::nextInt)
                .isPresent();
    }

    /** @return true */
    boolean park(List<RowMatch> matches, boolean unsent, String reason, Session session) throws SQLException {
        for (RowMatch match : matches) {
            move(match, unsent, reason, session);
        }
        return true;
    }

    private void move(RowMatch match, boolean unsent, String reason, Session session) throws SQLException {
        if (lock(OUTBOX, match, session) == 0) {
            return;
        }
        session.update(
                "INSERT INTO " + PARKED + " (" + MessageColumns.ALL + ", reason, parked_at_ms, unsent) SELECT "
                        + MessageColumns.ALL + ", CAST(? AS " + (dialect.isMySqlFamily() ? "CHAR" : "VARCHAR")
                        + "(1000)), " + dialect.nowMs() + ", " + (unsent ? "TRUE" : "FALSE") + " FROM "
                        + dialect.byPrimaryKey(OUTBOX) + " WHERE "
                        + match.sql(),
                parameters -> parameters.add(ColumnLimits.reason(reason)).add(match.binding()));
        session.update(dialect.deleteByPrimaryKey(OUTBOX) + " WHERE " + match.sql(), match.binding());
    }

    /** Under the old row ids: what was written later under the same key keeps its place behind. */
    int release(List<RowMatch> matches, Session session) throws SQLException {
        int released = 0;
        for (RowMatch match : matches) {
            if (lock(PARKED, match, session) > 0) {
                released += session.update(
                        "INSERT INTO " + OUTBOX + " (" + MessageColumns.ALL + ") SELECT "
                                + MessageColumns.ALL + " FROM " + dialect.byPrimaryKey(PARKED) + " WHERE "
                                + match.sql(),
                        match.binding());
                session.update(dialect.deleteByPrimaryKey(PARKED) + " WHERE " + match.sql(), match.binding());
            }
        }
        return released;
    }

    /** First lock, then copy and delete: what somebody else settles or releases at the same time is not there any more. */
    private int lock(String table, RowMatch match, Session session) throws SQLException {
        return session.query(
                        "SELECT id FROM " + dialect.byPrimaryKey(table) + " WHERE " + match.sql()
                                + " ORDER BY lane, id FOR UPDATE",
                        match.binding(),
                        Columns::nextLong)
                .size();
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
