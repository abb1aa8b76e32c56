package io.reliablemq.outbox.write;

import io.reliablemq.outbox.TransactionRequiredException;
import java.sql.SQLException;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Finds the transaction whose commit makes a row of the outbox exist, or says what is there instead. Asks for no
 * connection: that would bind one to transactions that have nothing to do with it.
 */
final class TransactionCheck {

    private static final String REMEDY = ". Nothing was sent. ";

    private final DataSource dataSource;

    TransactionCheck(DataSource dataSource) {
        this.dataSource = unwrapped(dataSource);
    }

    /** What transaction managers bind their connections to. */
    private static DataSource unwrapped(DataSource dataSource) {
        DataSource unwrapped = dataSource;
        while (unwrapped instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null) {
            unwrapped = proxy.getTargetDataSource();
        }
        return unwrapped;
    }

    /** @throws TransactionRequiredException naming what is there and the next action */
    OutboxTransaction require() {
        requireWritableTransaction();
        OutboxTransaction transaction = OutboxTransaction.current();
        if (!(TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder connection)) {
            throw refused(otherResource(transaction));
        }
        if (transaction == null) {
            throw unknownManager();
        }
        if (!transaction.commits(connection)) {
            throw refused(innerOfAnother(transaction));
        }
        requireAutoCommitOff(connection);
        transaction.requireOpen();
        return transaction;
    }

    private static TransactionRequiredException unknownManager() {
        return refused(name() + " was begun by a transaction manager that the outbox does not take part in" + REMEDY
                + "Declare the transaction manager as a bean, or pass it to"
                + " OutboxTransactionManagerPostProcessor.listenTo");
    }

    /**
     * The transaction, of whatever resource, after whose commit a direct message goes out; null when there is none, or none any
     * more.
     *
     * @throws TransactionRequiredException when there is one whose commit nobody would tell of
     */
    @Nullable
    OutboxTransaction current() {
        boolean active = TransactionSynchronizationManager.isActualTransactionActive();
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            // active without synchronisation is one that is completed; the other way round is one that hides
            if (!active && TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder) {
                throw refused("There is a transaction whose manager has synchronization switched off" + REMEDY
                        + "Set its transactionSynchronization to SYNCHRONIZATION_ALWAYS, or send outside of it");
            }
            return null;
        }
        OutboxTransaction transaction = OutboxTransaction.current();
        if (active && transaction == null) {
            throw unknownManager();
        }
        return transaction;
    }

    private static void requireWritableTransaction() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw refused(
                    "There is no transaction" + REMEDY + "Send from a method that is @Transactional (called through"
                            + " its bean) or within a TransactionTemplate");
        }
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            throw refused(name() + " is completed already, or its transaction manager has synchronization switched off"
                    + REMEDY + "Send before the commit, or set transactionSynchronization to SYNCHRONIZATION_ALWAYS");
        }
        if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            throw refused(name() + " is read-only" + REMEDY
                    + "Make the outermost method @Transactional without readOnly, or send with REQUIRES_NEW");
        }
    }

    private String otherResource(@Nullable OutboxTransaction transaction) {
        String manager =
                transaction == null ? "" : ", begun by transaction manager '" + transaction.managerName() + "',";
        return name() + manager + " is not bound to the outbox's DataSource " + named(dataSource) + " but to "
                + boundResources() + ": it can commit while the message is lost, or roll back while the message is sent"
                + REMEDY + "Use a transaction manager of exactly that DataSource: a JpaTransactionManager needs its"
                + " dataSource set; a LazyConnectionDataSourceProxy must be given to both or to neither";
    }

    private String innerOfAnother(OutboxTransaction transaction) {
        return name() + ", begun by transaction manager '" + transaction.managerName()
                + "', does not commit the connection to the outbox's DataSource " + named(dataSource)
                + " that is bound to this thread: that belongs to another transaction around it" + REMEDY
                + "Send in the outer transaction, or with REQUIRES_NEW of the outbox's transaction manager";
    }

    private static void requireAutoCommitOff(ConnectionHolder holder) {
        holder.requested();
        try {
            if (holder.getConnection().getAutoCommit()) {
                throw refused("The connection of " + name() + " has autocommit on: each statement is committed at once"
                        + REMEDY + "Remove what switches it on; with Hibernate's provider_disables_autocommit the"
                        + " connection pool must switch it off");
            }
        } catch (SQLException e) {
            throw refused("The connection of " + name() + " does not say whether autocommit is off ("
                    + e.getClass().getSimpleName() + ", SQL state " + e.getSQLState() + ")" + REMEDY
                    + "It is probably broken: run the transaction again");
        } finally {
            holder.released();
        }
    }

    private static TransactionRequiredException refused(String message) {
        return new TransactionRequiredException(message);
    }

    private static String name() {
        String name = TransactionSynchronizationManager.getCurrentTransactionName();
        return name == null ? "The current transaction" : "The current transaction '" + name + "'";
    }

    private static String boundResources() {
        String resources = TransactionSynchronizationManager.getResourceMap().keySet().stream()
                .filter(key -> key != OutboxTransaction.class)
                .map(TransactionCheck::named)
                .sorted()
                .collect(Collectors.joining(", "));
        return resources.isEmpty() ? "no resource" : resources;
    }

    /** Not its toString: that can show a JDBC URL with credentials. */
    private static String named(Object resource) {
        return ClassUtils.getShortName(resource.getClass()) + "@"
                + Integer.toHexString(System.identityHashCode(resource));
    }
}
