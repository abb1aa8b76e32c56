package io.reliablemq.reliability.conductor;

import io.reliablemq.reliability.checker.Event;
import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.Left;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.worker.EventFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the database says. Read past all proxies, by an administrator. */
final class GroundTruth {

    /** The listeners of the application; each owes one effect to each committed transaction. */
    static final List<Event.Listener> LISTENERS = List.of(
            new Event.Listener("ordered", true),
            new Event.Listener("single", false),
            new Event.Listener("coalesced", false));

    private final Administrator database;

    GroundTruth(Administrator database) {
        this.database = database;
    }

    /** Who may read everything. */
    interface Administrator {
        Connection connect() throws SQLException;
    }

    /** How far a run is. */
    record Progress(long committed, long effects, long outbox) {

        long owed() {
            return committed * LISTENERS.size() - effects;
        }
    }

    /** That a listener of a process has done something. */
    record Applied(String worker, String listener) {}

    /** @param since milliseconds since the epoch */
    Set<Applied> appliedSince(long since) throws SQLException {
        Set<Applied> applied = new HashSet<>();
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "select distinct worker, listener from effect where written_at >= ?")) {
            statement.setLong(1, since);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    applied.add(new Applied(row.getString(1), row.getString(2)));
                }
            }
        }
        return applied;
    }

    Progress progress() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select (select count(*) from ledger), (select count(*) from effect),"
                                + " (select count(*) from reliable_mq_outbox)")) {
            row.next();
            return new Progress(row.getLong(1), row.getLong(2), row.getLong(3));
        }
    }

    /** Everything, when nothing happens any more. */
    void write(EventFile file) throws SQLException {
        LISTENERS.forEach(file::add);
        long now = System.currentTimeMillis();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(1_000);
            rows(statement, file);
            effects(statement, file);
            left(statement, "outbox", "select message_key from reliable_mq_outbox", now, file);
            left(statement, "delayed messages", "select message_key from reliable_mq_outbox_due", now, file);
            left(statement, "parked messages", "select message_key from reliable_mq_outbox_parked", now, file);
            left(statement, "dead letters", "select message_keys from reliable_mq_dead_letter", now, file);
        }
        file.add(new Event.End(now));
    }

    private static void rows(Statement statement, EventFile file) throws SQLException {
        try (ResultSet row = statement.executeQuery("select written_at, id, account, seq, content from ledger")) {
            while (row.next()) {
                file.add(new Row(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4), row.getString(5)));
            }
        }
    }

    private static void effects(Statement statement, EventFile file) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "select written_at, position, listener, id, account, seq, content, worker, row_seen from effect")) {
            while (row.next()) {
                long at = row.getLong(1);
                file.add(new Effect(
                        at,
                        row.getLong(2),
                        row.getString(3),
                        new Row(at, row.getString(4), row.getString(5), row.getLong(6), row.getString(7)),
                        row.getString(8),
                        row.getBoolean(9)));
            }
        }
    }

    private static void left(Statement statement, String where, String sql, long now, EventFile file)
            throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                file.add(new Left(now, String.valueOf(row.getString(1)).strip(), where));
            }
        }
    }
}
