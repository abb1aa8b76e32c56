package io.reliablemq.consumer.jdbc;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
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

    Connection current() {
        require();
        Object holder = TransactionSynchronizationManager.getResource(dataSource);
        return ((ConnectionHolder) Objects.requireNonNull(holder)).getConnection();
    }
}
