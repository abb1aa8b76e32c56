package io.reliablemq.consumer.jdbc;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.consumer.spi.TransactionLostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The connection that the current transaction really bound to the inbox's data source. */
final class BoundConnection {

    private final DataSource dataSource;

    BoundConnection(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Looks the resource up first: getConnection() would bind a connection that nobody commits, and hide the mistake. */
    void require() {
        if (!(TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder holder)) {
            throw new ListenerConfigurationException(
                    "The listeners' transaction manager began a transaction that is not bound to"
                            + " the inbox's data source (" + dataSource + "); bound are "
                            + TransactionSynchronizationManager.getResourceMap().keySet()
                            + ": give the listeners the transaction manager of that data source");
        }
        requireManualCommit(holder);
    }

    private void requireManualCommit(ConnectionHolder holder) {
        try {
            if (holder.getConnection().getAutoCommit()) {
                throw new ListenerConfigurationException("The transaction on the inbox's data source (" + dataSource
                        + ") has autocommit on, so dedup record and effect would not commit together:"
                        + " use a transaction manager that turns it off");
            }
        } catch (SQLException e) {
            throw new InboxUnavailableException("Inbox: the connection does not answer; it is tried again", e);
        }
    }

    /**
     * On PostgreSQL, too: its driver 42.7.13 returns normally from the commit of an aborted transaction, which the server answers
     * with a rollback (tried).
     */
    CommitSentinel savepoint() {
        try {
            Connection connection = current();
            Savepoint savepoint = connection.setSavepoint();
            return () -> release(connection, savepoint);
        } catch (SQLException e) {
            throw new InboxUnavailableException("Inbox: could not plant the commit sentinel; it is tried again", e);
        }
    }

    private Connection current() {
        require();
        Object holder = TransactionSynchronizationManager.getResource(dataSource);
        return ((ConnectionHolder) Objects.requireNonNull(holder)).getConnection();
    }

    private static void release(Connection connection, Savepoint savepoint) {
        try {
            connection.releaseSavepoint(savepoint);
        } catch (SQLException e) {
            throw new TransactionLostException(
                    "The transaction of the dedup record ended before its commit (" + e.getMessage()
                            + "): the handler swallowed a deadlock or an SQL error, or committed or ran DDL on its own. Nothing is"
                            + " acknowledged; let such exceptions reach the container",
                    e);
        }
    }
}
