package io.reliablemq.consumer.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.reliablemq.consumer.spi.KeptConnection;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Kept by binding it before a transaction begins: {@link DataSourceTransactionManager} uses what is bound, and leaves its auto-commit
 * mode off, which saves two round trips to MySQL and MariaDB. Only of HikariCP's own pool: what another data source gives may depend
 * on who asks when.
 */
final class HikariConnection implements KeptConnection {

    private static final Logger log = LoggerFactory.getLogger(HikariConnection.class);
    private static final boolean PRESENT =
            ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", HikariConnection.class.getClassLoader());

    private final HikariDataSource pool;
    private @Nullable Connection connection;
    private boolean restoreAutoCommit;

    private HikariConnection(HikariDataSource pool) {
        this.pool = pool;
    }

    /** Null when that manager's transactions find their connections in another way. */
    static @Nullable KeptConnection of(DataSource dataSource, PlatformTransactionManager manager) {
        return PRESENT
                        && manager instanceof DataSourceTransactionManager plain
                        && plain.getDataSource() == dataSource
                        && dataSource.getClass() == HikariDataSource.class
                ? new HikariConnection((HikariDataSource) dataSource)
                : null;
    }

    @Override
    public void ready() {
        Connection kept = connection;
        if (kept != null) {
            try {
                if (!DriversView.isIdle(kept)) {
                    kept.commit();
                }
                return;
            } catch (SQLException e) {
                log.debug("A connection broke between two messages; another one is taken", e);
                discard();
            }
        }
        if (!TransactionSynchronizationManager.hasResource(pool)) {
            take();
        }
    }

    private void take() {
        try {
            Connection taken = pool.getConnection();
            try {
                restoreAutoCommit = taken.getAutoCommit();
                if (restoreAutoCommit) {
                    taken.setAutoCommit(false);
                }
            } catch (SQLException e) {
                taken.close();
                throw e;
            }
            TransactionSynchronizationManager.bindResource(pool, new ConnectionHolder(taken));
            connection = taken;
        } catch (SQLException | RuntimeException e) {
            throw new CannotCreateTransactionException("Could not open JDBC Connection for transaction", e);
        }
    }

    @Override
    public boolean isWanted() {
        HikariPoolMXBean begun = pool.getHikariPoolMXBean();
        return begun != null && begun.getThreadsAwaitingConnection() > 0;
    }

    @Override
    public void discard() {
        release(Connection::rollback);
    }

    @Override
    public void giveBack() {
        release(Connection::commit);
    }

    private void release(Ending ending) {
        Connection kept = connection;
        if (kept == null) {
            return;
        }
        connection = null;
        TransactionSynchronizationManager.unbindResource(pool);
        try (kept) {
            end(kept, ending);
        } catch (SQLException e) {
            log.debug("A connection could not be given back in order; the pool closes it", e);
        }
    }

    private void end(Connection kept, Ending ending) throws SQLException {
        try {
            ending.end(kept);
            if (restoreAutoCommit) {
                kept.setAutoCommit(true);
            }
        } catch (SQLException e) {
            pool.evictConnection(kept);
            throw e;
        }
    }

    @FunctionalInterface
    private interface Ending {
        void end(Connection connection) throws SQLException;
    }
}
