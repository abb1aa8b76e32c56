package io.reliablemq.outbox.jdbc;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The table of messages whose time has not come, the way out of it into the outbox, and the way out by being cancelled. */
final class DueRows {

    private static final String OUTBOX = OutboxDialect.OUTBOX;
    private static final String PARKED = OutboxDialect.PARKED;
    private static final String DUE = OutboxDialect.DUE;

    /** There may be fewer lanes than when it was written; delayed messages have no order, so any lane will do. */
    private static final String LANE_BY_NOW = "COALESCE((SELECT MOD(lane, setting_value) FROM " + LaneSettings.TABLE
            + " WHERE name = '" + LaneSettings.LANE_COUNT + "'), lane)";

    private final OutboxDialect dialect;

    DueRows(OutboxDialect dialect) {
        this.dialect = dialect;
    }

    long untilNext(Session session) throws SQLException {
        return session.one(
                        "SELECT COALESCE(MIN(move_at_ms) - " + dialect.nowMs() + ", " + Long.MAX_VALUE + ") FROM "
                                + DUE,
                        parameters -> {},
                        Columns::nextLong)
                .orElseThrow();
    }

    /**
     * Locks first and skips what is locked, so it never waits for a business transaction that cancels, and two processes
     * that do this at the same time never move a row twice.
     */
    int move(int limit, Session session) throws SQLException {
        List<UUID> due = session.query(
                "SELECT message_id FROM " + dialect.byIndex(DUE, DUE + "_move") + " WHERE move_at_ms <= "
                        + dialect.nowMs() + " ORDER BY move_at_ms LIMIT ? FOR UPDATE SKIP LOCKED",
                parameters -> parameters.add(limit),
                Columns::nextUuid);
        if (due.isEmpty()) {
            return 0;
        }
        String listed = " WHERE message_id IN (" + RowInsert.placeholders(due.size()) + ")";
        Session.Binding ids = parameters -> {
            for (UUID id : due) {
                parameters.add(id);
            }
        };
        // inside the server: the payloads do not travel
        session.update(
                "INSERT INTO " + OUTBOX + " (" + MessageColumns.WITHOUT_ID + ") SELECT " + LANE_BY_NOW + ", "
                        + MessageColumns.WITHOUT_PLACE + " FROM " + dialect.byPrimaryKey(DUE) + listed,
                ids);
        session.update(dialect.deleteListed(DUE, "message_id", "BINARY(16)", due.size()), ids);
        return due.size();
    }

    boolean cancel(UUID id, Session session) throws SQLException {
        return cancelDelayed(id, session) || cancelParked(id, session);
    }

    /**
     * Looks before it deletes: at REPEATABLE READ a DELETE that finds nothing makes MySQL lock the gap, and every business
     * transaction that sends with a delay would wait for this one.
     */
    private static boolean cancelDelayed(UUID id, Session session) throws SQLException {
        String byId = " FROM " + DUE + " WHERE message_id = ?";
        return session.one("SELECT lane" + byId, parameters -> parameters.add(id), Columns::nextInt)
                        .isPresent()
                && session.update("DELETE" + byId, parameters -> parameters.add(id)) > 0;
    }

    private boolean cancelParked(UUID id, Session session) throws SQLException {
        record Place(int lane, long row) {}
        List<Place> places = session.query(
                "SELECT lane, id FROM " + PARKED + " WHERE message_id = ? AND unsent = TRUE",
                parameters -> parameters.add(id),
                columns -> new Place(columns.nextInt(), columns.nextLong()));
        int deleted = 0;
        for (Place place : places) {
            deleted += session.update(
                    dialect.deleteByPrimaryKey(PARKED)
                            + " WHERE lane = ? AND id = ? AND message_id = ? AND unsent = TRUE",
                    parameters -> parameters.add(place.lane()).add(place.row()).add(id));
        }
        return deleted > 0;
    }
}
