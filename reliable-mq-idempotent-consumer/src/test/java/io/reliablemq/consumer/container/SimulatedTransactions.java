package io.reliablemq.consumer.container;

import io.reliablemq.consumer.container.SimulatedInbox.Work;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** The transactions of one process; a commit may fail, get lost, or come late, and its answer may, too. */
final class SimulatedTransactions extends AbstractPlatformTransactionManager {

    private static final class Connection {
        private Work work;
        /** Its commit is on its way and nobody can take it back. */
        private boolean gone;
    }

    private final SimulatedNode node;
    private final SimulatedInbox inbox;
    private final SimulatedNode.Wire wire;

    SimulatedTransactions(SimulatedNode node, SimulatedInbox inbox, SimulatedNode.Wire wire) {
        this.node = node;
        this.inbox = inbox;
        this.wire = wire;
    }

    @Override
    protected Object doGetTransaction() {
        return new Connection();
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
        try {
            wire.call(node, "begin", () -> "", false);
        } catch (SimulatedFailure e) {
            throw new CannotCreateTransactionException("no connection", e);
        }
        ((Connection) transaction).work = inbox.begin();
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        Connection connection = (Connection) status.getTransaction();
        Work work = connection.work;
        try {
            wire.call(
                    node,
                    "commit",
                    () -> {
                        inbox.commit(work);
                        return "";
                    },
                    true);
        } catch (SimulatedFailure e) {
            connection.gone = e.mayStillCome();
            throw new DataAccessResourceFailureException("the connection broke in the commit", e);
        }
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
        Connection connection = (Connection) status.getTransaction();
        if (!connection.gone) {
            inbox.rollBack(connection.work);
        }
    }

    @Override
    protected void doCleanupAfterCompletion(Object transaction) {
        inbox.leave(((Connection) transaction).work);
    }
}
