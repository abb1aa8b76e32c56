package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.TransactionRequiredException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;

/** The transaction that the caller has begun, and will end. */
final class BusinessTransaction {

    private final DataSource dataSource;
    private final OutboxDialect dialect;

    BusinessTransaction(DataSource dataSource, OutboxDialect dialect) {
        this.dataSource = dataSource;
        this.dialect = dialect;
    }

    <T> T join(String task, OwnTransactions.Work<T> work) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            if (!DataSourceUtils.isConnectionTransactional(connection, dataSource)) {
                throw new TransactionRequiredException("No transaction is bound to the outbox's DataSource "
                        + dataSource.getClass().getName()
                        + ", so nothing was written: use a transaction manager of this very DataSource");
            }
            return work.in(new Session(connection, dialect));
        } catch (SQLException e) {
            throw Translation.of(task, e);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }
}
