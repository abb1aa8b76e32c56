package io.reliablemq.outbox.write;

import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.ResourceTransactionManager;

/**
 * Marks each transaction when it begins and writes its messages when everything else that runs before a commit has run,
 * synchronisations included: one of them that sends from its own {@code beforeCommit} is not forgotten.
 *
 * <p><b>Thread</b>: called by the thread of the transaction; keeps nothing itself.
 */
final class OutboxTransactionListener implements TransactionExecutionListener {

    private final ConfigurableTransactionManager manager;
    private final String managerName;

    OutboxTransactionListener(ConfigurableTransactionManager manager, String managerName) {
        this.manager = manager;
        this.managerName = managerName;
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        if (failure == null
                && transaction instanceof DefaultTransactionStatus status
                && status.isNewTransaction()
                && status.isNewSynchronization()) {
            OutboxTransaction.begin(status, managerName);
        }
    }

    /** Also called when a savepoint is released: that is no commit, and another {@code transaction} than the one begun. */
    @Override
    public void beforeCommit(TransactionExecution transaction) {
        OutboxTransaction current = OutboxTransaction.current();
        if (current != null && current.isOf(transaction) && !transaction.isReadOnly()) {
            current.writeBuffered(hasPersistenceContext());
        }
    }

    /**
     * A manager of plain connections has no persistence context: its {@code flush} would call the synchronisations, and
     * those have closed their own contexts by now.
     */
    private boolean hasPersistenceContext() {
        return !(manager instanceof ResourceTransactionManager resources
                && resources.getResourceFactory() instanceof DataSource);
    }
}
