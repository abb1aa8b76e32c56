package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.ArchiveStore.Content;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The way of sent rows from the outbox into the archive, and their end. */
final class ArchiveRows {

    static final String SENT = "SENT";

    private static final String OUTBOX = OutboxDialect.OUTBOX;
    private static final String ARCHIVE = OutboxDialect.ARCHIVE;
    private static final String INTO =
            "INSERT INTO " + ARCHIVE + " (" + MessageColumns.ALL + ", outcome, archived_at_ms) SELECT ";

    private final OutboxDialect dialect;
    private final RowLocks locks;

    ArchiveRows(OutboxDialect dialect) {
        this.dialect = dialect;
        this.locks = new RowLocks(dialect);
    }

    /** Whoever of several processes deletes a row archives it, in the same transaction. */
    int settle(List<RowMatch> matches, Session session) throws SQLException {
        if (dialect == OutboxDialect.POSTGRESQL) {
            return moveAtOnce(matches, session);
        }
        int settled = 0;
        for (RowMatch match : matches) {
            settled += lockAndMove(match, session);
        }
        return settled;
    }

    /** Sorted, so that the numbers in the archive are drawn in the order of a lane's row ids, after its rows are locked. */
    private int moveAtOnce(List<RowMatch> matches, Session session) throws SQLException {
        return session.update(
                "WITH gone AS (DELETE FROM " + OUTBOX + " WHERE "
                        + matches.get(0).sql(OUTBOX) + dialect.withoutWaitingForTheDisk() + " RETURNING "
                        + MessageColumns.ALL + ") " + INTO + MessageColumns.ALL + ", '" + SENT + "', "
                        + dialect.nowMs() + " FROM gone ORDER BY lane, id",
                matches.stream().map(RowMatch::binding).toList());
    }

    /**
     * First lock, then copy and delete just what is locked: a row that another process settles at the same time must not be archived
     * twice, and one that comes back into the outbox in between must not be deleted without being archived. What that process has
     * locked is left to it: it may have been stopped. Should it never go on, the row is found again and its message sent once more.
     */
    private int lockAndMove(RowMatch match, Session session) throws SQLException {
        List<RowRef> locked = locks.takeFree(OUTBOX, match, session);
        for (RowMatch mine : RowMatch.of(locked, dialect)) {
            copy(OUTBOX, mine, SENT, session);
            session.update(mine.delete(OUTBOX, dialect), mine.binding());
        }
        return locked.size();
    }

    /** Inside the server: the payloads do not travel. */
    void copy(String from, RowMatch match, String outcome, Session session) throws SQLException {
        session.update(
                INTO + MessageColumns.ALL + ", '" + outcome + "', " + dialect.nowMs() + match.rows(from, dialect)
                        + " ORDER BY lane, id",
                match.binding());
    }

    /** When it cannot have all it wants somebody else purges or replays: that one goes on. */
    int purge(long retentionMs, int limit, Session session) throws SQLException {
        List<Long> old = session.query(
                "SELECT seq FROM " + ARCHIVE + " WHERE archived_at_ms < " + dialect.nowMs()
                        + " - ? ORDER BY archived_at_ms, seq LIMIT ?",
                parameters -> parameters.add(retentionMs).add(limit),
                Columns::nextLong);
        if (old.isEmpty() || lock(old, session).size() < old.size()) {
            return 0;
        }
        return delete(old, session);
    }

    Content content(Session session) throws SQLException {
        return session.one(
                        "SELECT (SELECT COUNT(*) FROM " + ARCHIVE + "), COALESCE(" + dialect.nowMs()
                                + " - (SELECT MIN(archived_at_ms) FROM " + ARCHIVE + "), 0)",
                        parameters -> {},
                        columns -> new Content(columns.nextLong(), Math.max(0, columns.nextLong())))
                .orElseThrow();
    }

    /** @return those that are still there and that nobody else has locked, ascending */
    List<Long> lock(Collection<Long> rows, Session session) throws SQLException {
        List<Long> sorted = rows.stream().sorted().toList();
        return new ArrayList<>(session.query(
                "SELECT seq FROM " + dialect.byPrimaryKey(ARCHIVE) + " WHERE " + listed(sorted)
                        + " ORDER BY seq FOR UPDATE SKIP LOCKED",
                bind(sorted),
                Columns::nextLong));
    }

    /** @return those that are still there, whoever has them locked */
    List<Long> present(List<Long> rows, Session session) throws SQLException {
        return session.query(
                "SELECT seq FROM " + dialect.byPrimaryKey(ARCHIVE) + " WHERE " + listed(rows),
                bind(rows),
                Columns::nextLong);
    }

    int delete(List<Long> rows, Session session) throws SQLException {
        return session.update(dialect.deleteListed(ARCHIVE, "seq", "SIGNED", rows.size()), bind(rows));
    }

    static String listed(List<Long> rows) {
        return "seq IN (" + RowInsert.placeholders(rows.size()) + ")";
    }

    static Session.Binding bind(List<Long> rows) {
        return parameters -> {
            for (long row : rows) {
                parameters.add(row);
            }
        };
    }
}
