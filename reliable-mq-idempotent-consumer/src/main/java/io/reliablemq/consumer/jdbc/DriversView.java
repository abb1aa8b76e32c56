package io.reliablemq.consumer.jdbc;

import com.mysql.cj.jdbc.JdbcConnection;
import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.TransactionLostException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.springframework.util.ClassUtils;

/** What a driver knows of the transaction because the server tells it after each statement: looking costs no round trip. */
final class DriversView {

    /** in_failed_sql_transaction: what the server would answer to any statement. */
    private static final String ABORTED = "25P02";

    private static final boolean POSTGRESQL = isPresent("org.postgresql.core.BaseConnection");
    private static final boolean MYSQL = isPresent("com.mysql.cj.jdbc.JdbcConnection");

    private DriversView() {}

    private static boolean isPresent(String driversClass) {
        return ClassUtils.isPresent(driversClass, DriversView.class.getClassLoader());
    }

    /**
     * By PostgreSQL's driver; null when the connection is not its own. A handler that has ended the transaction itself and gone on in
     * another one is not noticed.
     */
    static @Nullable CommitSentinel of(Connection connection) {
        return POSTGRESQL ? PostgreSql.sentinel(connection) : null;
    }

    /**
     * Whether it is open and a commit would find nothing, as MySQL's driver knows but asks the server for all the same; false when the connection is
     * not its own. A statement that failed as the first one after a commit is not noticed, as with the other drivers, which leave such
     * a commit out themselves.
     */
    static boolean isIdle(Connection connection) {
        return MYSQL && MySql.isIdle(connection);
    }

    /** Loaded only where the driver is. */
    private static final class MySql {

        static boolean isIdle(Connection connection) {
            try {
                return connection.isWrapperFor(JdbcConnection.class) && isIdle(connection.unwrap(JdbcConnection.class));
            } catch (SQLException | LinkageError e) {
                return false;
            }
        }

        private static boolean isIdle(JdbcConnection driver) throws SQLException {
            return !driver.isClosed() && !driver.getSession().getServerSession().inTransactionOnServer();
        }
    }

    /** Loaded only where the driver is. */
    private static final class PostgreSql {

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
