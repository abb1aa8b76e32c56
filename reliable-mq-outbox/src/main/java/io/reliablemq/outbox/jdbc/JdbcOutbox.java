package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.ArchiveStore;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.OperatorStore;
import io.reliablemq.outbox.spi.OutboxLedger;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxView;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * The outbox in the database of the business data, in the tables of {@link OutboxDialect#scripts()}.
 *
 * <p><b>Transaction</b>: only {@link OutboxStore#insert} takes part in the business transaction; all else takes connections of
 * its own from the {@code DataSource} and gives them back as they were.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class JdbcOutbox {

    private final DataSource dataSource;
    private final OutboxDialect dialect;
    private final OwnTransactions own;
    private final OutboxStore store;
    private final LaneStore lanes;

    private JdbcOutbox(DataSource dataSource, OutboxDialect dialect, boolean archiving) {
        this.dataSource = dataSource;
        this.dialect = dialect;
        this.own = new OwnTransactions(dataSource, dialect);
        this.store = new JdbcOutboxStore(new BusinessTransaction(dataSource, dialect), own, dialect, archiving);
        this.lanes = new JdbcLaneStore(own, dialect);
    }

    /**
     * Looks at the database once to see which one it is. Creates no table.
     *
     * @param dataSource the one that the business transactions use
     * @throws CannotGetJdbcConnectionException when the database does not answer
     * @throws IllegalStateException when it is none of the four supported ones
     */
    public static JdbcOutbox on(DataSource dataSource) {
        DataSource target = withoutProxy(dataSource);
        try (Connection connection = target.getConnection()) {
            return new JdbcOutbox(target, OutboxDialect.of(connection.getMetaData()), false);
        } catch (SQLException e) {
            throw new CannotGetJdbcConnectionException("The outbox cannot ask the database what it is", e);
        }
    }

    /** The same, but what is settled is moved to the archive instead of deleted. */
    public JdbcOutbox archiving() {
        return new JdbcOutbox(dataSource, dialect, true);
    }

    public OutboxStore store() {
        return store;
    }

    public LaneStore lanes() {
        return lanes;
    }

    public OperatorStore operators() {
        return new JdbcOperatorStore(own, dialect);
    }

    public ArchiveStore archive() {
        return new JdbcArchiveStore(own, dialect);
    }

    public OutboxView view() {
        return new JdbcOutboxView(own, dialect);
    }

    public OutboxLedger ledger() {
        return new JdbcOutboxLedger(own, dialect);
    }

    public OutboxDialect dialect() {
        return dialect;
    }

    /** The proxy would hand out the business transaction's connection where one of our own is meant. */
    private static DataSource withoutProxy(DataSource dataSource) {
        if (dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null) {
            return proxy.getTargetDataSource();
        }
        return dataSource;
    }
}
