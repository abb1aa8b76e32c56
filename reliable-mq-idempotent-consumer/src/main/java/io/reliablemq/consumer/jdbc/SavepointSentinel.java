package io.reliablemq.consumer.jdbc;

import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.consumer.spi.TransactionLostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;

/**
 * A savepoint around the handler, on databases that forget it when they roll back underneath us: two round trips that touch no row,
 * which cost MySQL and MariaDB less than an update of the record does.
 */
record SavepointSentinel(Connection connection, Savepoint savepoint) implements CommitSentinel {

    private static final String NAME = "reliable_mq";

    static CommitSentinel set(Connection connection) {
        try {
            return new SavepointSentinel(connection, connection.setSavepoint(NAME));
        } catch (SQLException e) {
            throw new InboxUnavailableException("Inbox: could not plant the commit sentinel; it is tried again", e);
        }
    }

    @Override
    public void release() {
        try {
            connection.releaseSavepoint(savepoint);
        } catch (SQLException e) {
            throw TransactionLostException.of(e.getMessage(), e);
        }
    }
}
