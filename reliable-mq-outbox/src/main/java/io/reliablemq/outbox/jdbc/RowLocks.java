package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** Locks on rows of the outbox and its neighbours, always in ascending order, held until the end of the transaction. */
final class RowLocks {

    private final OutboxDialect dialect;

    RowLocks(OutboxDialect dialect) {
        this.dialect = dialect;
    }

    /** @return those that are there when everybody else has let go of them */
    List<RowRef> waitFor(String table, RowMatch match, Session session) throws SQLException {
        return lock(table, match, "", session);
    }

    /** @return those that are there and that nobody else is busy with */
    List<RowRef> takeFree(String table, RowMatch match, Session session) throws SQLException {
        return lock(table, match, " SKIP LOCKED", session);
    }

    private List<RowRef> lock(String table, RowMatch match, String orWhat, Session session) throws SQLException {
        return session.query(
                "SELECT " + MessageColumns.REFERENCE + match.rows(table, dialect) + " ORDER BY lane, id FOR UPDATE"
                        + orWhat,
                match.binding(),
                MessageColumns::reference);
    }

    /** Keeps the owners of these lanes from parking anything meanwhile. */
    void lanes(Collection<RowRef> refs, Session session) throws SQLException {
        List<Integer> lanes =
                refs.stream().map(RowRef::lane).distinct().sorted().toList();
        if (lanes.isEmpty()) {
            return;
        }
        session.query(
                "SELECT lane FROM " + JdbcLaneStore.LANE + " WHERE lane IN (" + RowInsert.placeholders(lanes.size())
                        + ") ORDER BY lane FOR UPDATE",
                parameters -> {
                    for (int lane : lanes) {
                        parameters.add(lane);
                    }
                },
                Columns::nextInt);
    }
}
