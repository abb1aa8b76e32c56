package io.reliablemq.outbox.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Short transactions at READ COMMITTED on connections straight from the pool, independent of any business transaction of the
 * thread. A connection goes back with the autocommit, isolation and time-out that it came with.
 *
 * <p>Not Spring's transaction manager: it would ask for the isolation and switch autocommit off and on each time, which on MySQL
 * makes five round trips out of two, and it would fire the application's transaction listeners.
 */
final class OwnTransactions {

    private static final Logger log = LoggerFactory.getLogger(OwnTransactions.class);

    /** More than any statement here takes, and more than MySQL waits for a lock. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DataSource dataSource;
    private final OutboxDialect dialect;
    private final Duration patience;
    private final CommittedReaders committedReaders = new CommittedReaders();

    /** What is done inside the transaction. */
    @FunctionalInterface
    interface Work<T> {
        T in(Session session) throws SQLException;
    }

    OwnTransactions(DataSource dataSource, OutboxDialect dialect) {
        this(dataSource, dialect, PATIENCE);
    }

    /** @param patience with a server that does not answer; the connection is given up then */
    OwnTransactions(DataSource dataSource, OutboxDialect dialect, Duration patience) {
        this.dataSource = dataSource;
        this.dialect = dialect;
        this.patience = patience;
    }

    private enum Kind {
        /** One SELECT without locks: by itself it sees one state of the database at any isolation. */
        READ,
        /** One statement, which the database commits by itself. */
        STATEMENT,
        TRANSACTION
    }

    /** @param work exactly one SELECT without locks */
    <T> T read(String task, Work<T> work) {
        return run(task, work, Kind.READ);
    }

    /** @param work one statement, or one batch; the database commits it by itself */
    <T> T statement(String task, Work<T> work) {
        return run(task, work, Kind.STATEMENT);
    }

    <T> T transaction(String task, Work<T> work) {
        return run(task, work, Kind.TRANSACTION);
    }

    private <T> T run(String task, Work<T> work, Kind kind) {
        try (Connection connection = dataSource.getConnection();
                Patience limited = Patience.of(connection, patience)) {
            boolean autoCommit = connection.getAutoCommit();
            if (autoCommit && (kind == Kind.READ || (kind == Kind.STATEMENT && readsCommitted(connection)))) {
                return work.in(new Session(connection, dialect));
            }
            boolean once = canBeToldForOneTransaction(autoCommit && kind == Kind.STATEMENT);
            int isolation = once ? Connection.TRANSACTION_NONE : useReadCommitted(connection);
            if (autoCommit && kind == Kind.TRANSACTION) {
                connection.setAutoCommit(false);
            }
            try {
                return commit(connection, once, work);
            } finally {
                restore(connection, autoCommit, isolation);
            }
        } catch (SQLException e) {
            throw Translation.of(task, e);
        }
    }

    private boolean readsCommitted(Connection connection) throws SQLException {
        return !dialect.isMySqlFamily() && committedReaders.contains(connection);
    }

    private <T> T commit(Connection connection, boolean once, Work<T> work) throws SQLException {
        try {
            if (once) {
                execute(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
            }
            T result = work.in(new Session(connection, dialect));
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            rollBack(connection, e);
            throw e;
        }
    }

    /**
     * Then there is nothing to ask for and to restore: MySQL and MariaDB are told before the transaction, or the single statement, for
     * that one; PostgreSQL within the transaction.
     */
    private boolean canBeToldForOneTransaction(boolean singleStatement) {
        return dialect.isMySqlFamily() || (dialect == OutboxDialect.POSTGRESQL && !singleStatement);
    }

    /** @return the isolation to restore, or TRANSACTION_NONE for nothing to restore */
    private static int useReadCommitted(Connection connection) throws SQLException {
        int isolation = connection.getTransactionIsolation();
        if (isolation == Connection.TRANSACTION_READ_COMMITTED) {
            return Connection.TRANSACTION_NONE;
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return isolation;
    }

    private void rollBack(Connection connection, Throwable cause) {
        try {
            if (dialect.isMySqlFamily()) {
                // as text: MariaDB's driver sends no rollback when no statement has run, and then the next user's
                // transaction
                // would be the one at READ COMMITTED
                execute(connection, "ROLLBACK");
            } else if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void restore(Connection connection, boolean autoCommit, int isolation) {
        try {
            if (connection.getAutoCommit() != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
            if (isolation != Connection.TRANSACTION_NONE) {
                connection.setTransactionIsolation(isolation);
            }
        } catch (SQLException e) {
            log.warn("A connection of the outbox could not be reset and is aborted instead of reused", e);
            abort(connection);
        }
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            log.debug("Aborting the connection failed too", e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
