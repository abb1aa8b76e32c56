package io.reliablemq.consumer.jdbc;

import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.TransactionLostException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.springframework.util.ClassUtils;

/**
 * What PostgreSQL's driver knows of the transaction: the server tells it after each statement, so looking costs nothing. A handler
 * that has ended the transaction itself and gone on in another one is not noticed.
 */
final class DriversView {

    /** in_failed_sql_transaction: what the server would answer to any statement. */
    private static final String ABORTED = "25P02";

    private static final boolean PRESENT =
            ClassUtils.isPresent("org.postgresql.core.BaseConnection", DriversView.class.getClassLoader());

    private DriversView() {}

    /** Null when the connection is not the driver's own. */
    static @Nullable CommitSentinel of(Connection connection) {
        return PRESENT ? Driver.sentinel(connection) : null;
    }

    /** Loaded only where the driver is. */
    private static final class Driver {

        static @Nullable CommitSentinel sentinel(Connection connection) {
            try {
                if (connection.isWrapperFor(BaseConnection.class)) {
                    BaseConnection driver = connection.unwrap(BaseConnection.class);
                    return () -> requireOpen(driver);
                }
            } catch (SQLException | LinkageError e) {
                return null;
            }
            return null;
        }

        private static void requireOpen(BaseConnection driver) {
            TransactionState state = driver.getTransactionState();
            if (state == TransactionState.FAILED) {
                throw TransactionLostException.of(
                        "it is aborted", new SQLException("aborted by an earlier error", ABORTED));
            }
            if (state != TransactionState.OPEN) {
                throw TransactionLostException.of("it is over", null);
            }
        }
    }
}
