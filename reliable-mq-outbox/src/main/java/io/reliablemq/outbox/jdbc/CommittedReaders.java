package io.reliablemq.outbox.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Connections that are at READ COMMITTED by themselves. PostgreSQL is asked by a statement of its own, so each physical connection
 * is asked once; one that is not at it, each time. Should somebody change one later and give it back to the pool like that, a
 * single statement of ours runs at that isolation: it may fail, which is tried again, but sees nothing wrong.
 */
final class CommittedReaders {

    private final Map<Connection, Boolean> known = Collections.synchronizedMap(new WeakHashMap<>());

    boolean contains(Connection connection) throws SQLException {
        Connection physical =
                connection.isWrapperFor(Connection.class) ? connection.unwrap(Connection.class) : connection;
        if (known.containsKey(physical)) {
            return true;
        }
        boolean committed = connection.getTransactionIsolation() == Connection.TRANSACTION_READ_COMMITTED;
        if (committed) {
            known.put(physical, true);
        }
        return committed;
    }
}
