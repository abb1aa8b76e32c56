package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.consumer.spi.KeptConnection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.transaction.InvalidIsolationLevelException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** New transactions whose failures say at which step they happened. */
final class Transactions {

    private static final Logger log = LoggerFactory.getLogger(Transactions.class);

    private static final int ATTEMPTS = 5;

    private final PlatformTransactionManager manager;

    Transactions(PlatformTransactionManager manager) {
        this.manager = manager;
    }

    /**
     * Commits what the work did, or rolls it back and throws.
     *
     * @throws InboxUnavailableException when no transaction could be begun
     * @throws HandlerFailure when it was marked for rollback or could not be committed; the outcome of the latter is unknown
     */
    <T> T execute(Supplier<T> work) {
        return execute(work, TransactionDefinition.ISOLATION_DEFAULT);
    }

    /**
     * The same for what nobody repeats by itself: again in a new transaction, a few times, when another one was in the way.
     *
     * @throws InboxContentionException when one was each time
     */
    <T> T insist(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return execute(work);
            } catch (InboxContentionException e) {
                if (attempt == ATTEMPTS) {
                    throw new InboxContentionException(
                            e.getMessage() + ", " + ATTEMPTS + " times; nothing was changed, try again later", e);
                }
                log.debug("Another transaction was in the way (attempt {}); trying again", attempt, e);
            }
        }
    }

    /**
     * The same for deletions, in READ COMMITTED. In MySQL's and MariaDB's default isolation they would lock what is between the rows
     * as well, and with it the records that listeners are about to insert there.
     */
    <T> T executeReadCommitted(Supplier<T> work) {
        return execute(work, TransactionDefinition.ISOLATION_READ_COMMITTED);
    }

    private <T> T execute(Supplier<T> work, int isolation) {
        TransactionStatus status = begin(isolation);
        T result;
        try {
            result = work.get();
            refuseRollbackOnly(status);
        } catch (Throwable e) {
            rollback(status, e);
            discardConnection();
            throw e;
        }
        commit(status);
        return result;
    }

    /** From now on this thread's transactions use that connection. */
    void keep(KeptConnection connection) {
        TransactionSynchronizationManager.bindResource(this, connection);
    }

    void keepNone() {
        TransactionSynchronizationManager.unbindResource(this);
    }

    void giveBackConnection() {
        KeptConnection kept = kept();
        if (kept != null) {
            kept.giveBack();
        }
    }

    private @Nullable KeptConnection kept() {
        return (KeptConnection) TransactionSynchronizationManager.getResource(this);
    }

    private void discardConnection() {
        KeptConnection kept = kept();
        if (kept != null) {
            kept.discard();
        }
    }

    /** Runs an action after everybody else's last words, right before the commit; its exception rolls back. */
    static void beforeCommit(Runnable action) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new LastWord(action));
        } else {
            action.run();
        }
    }

    private TransactionStatus begin(int isolation) {
        DefaultTransactionDefinition definition =
                new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        definition.setIsolationLevel(isolation);
        try {
            KeptConnection kept = kept();
            if (kept != null) {
                kept.ready();
            }
            return manager.getTransaction(definition);
        } catch (InvalidIsolationLevelException e) {
            return begin(TransactionDefinition.ISOLATION_DEFAULT); // JPA without a dialect of Spring's
        } catch (TransactionException e) {
            discardConnection();
            throw new InboxUnavailableException(
                    "Inbox: could not begin a transaction (" + e.getMessage()
                            + "): check that the database is up and its pool is large enough",
                    e);
        }
    }

    /** A local rollback mark would make commit() roll back without a word. */
    private static void refuseRollbackOnly(TransactionStatus status) {
        if (status.isRollbackOnly()) {
            throw new HandlerFailure(
                    new UnexpectedRollbackException(
                            "The handler marked its transaction for rollback: nothing was committed and the message comes again"));
        }
    }

    private void commit(TransactionStatus status) {
        try {
            manager.commit(status);
        } catch (RuntimeException | Error e) {
            discardConnection();
            throw new HandlerFailure(e);
        }
    }

    private void rollback(TransactionStatus status, Throwable cause) {
        try {
            if (!status.isCompleted()) {
                manager.rollback(status);
            }
        } catch (RuntimeException | Error e) {
            cause.addSuppressed(e);
            log.debug("Rollback failed; the database ends the transaction when the connection closes", e);
        }
    }

    private record LastWord(Runnable action) implements TransactionSynchronization, Ordered {

        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            action.run();
        }
    }
}
