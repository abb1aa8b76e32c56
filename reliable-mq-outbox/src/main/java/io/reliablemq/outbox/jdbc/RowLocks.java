package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * Locks on rows of the outbox and its neighbours, held until the end of the transaction. Passes over what somebody else has locked,
 * who may be stopped in the middle of a transaction.
 */
final class RowLocks {

    private final OutboxDialect dialect;

    RowLocks(OutboxDialect dialect) {
        this.dialect = dialect;
    }

    /** @return those that are there and that nobody else is busy with */
    List<RowRef> takeFree(String table, RowMatch match, Session session) throws SQLException {
        return session.query(
                "SELECT " + MessageColumns.REFERENCE + match.rows(table, dialect)
                        + " ORDER BY lane, id FOR UPDATE SKIP LOCKED",
                match.binding(),
                MessageColumns::reference);
    }

    /**
     * Keeps the owners of these lanes from parking anything meanwhile.
     *
     * @return those that nobody else is busy with
     */
    Set<Integer> lanes(Set<Integer> wanted, Session session) throws SQLException {
        List<Integer> lanes = wanted.stream().sorted().toList();
        if (lanes.isEmpty()) {
            return Set.of();
        }
        return Set.copyOf(session.query(
                "SELECT lane FROM " + JdbcLaneStore.LANE + " WHERE lane IN (" + RowInsert.placeholders(lanes.size())
                        + ") ORDER BY lane FOR UPDATE SKIP LOCKED",
                parameters -> {
                    for (int lane : lanes) {
                        parameters.add(lane);
                    }
                },
                Columns::nextInt));
    }
}
