package io.reliablemq.outbox.write;

import io.reliablemq.outbox.OutboxException;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.spi.DirectFeed;
import io.reliablemq.outbox.spi.LogEvent;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The messages of one physical transaction, from its begin to its completion. Bound to the thread while the transaction is
 * the current one: a suspended transaction takes its messages along.
 */
final class OutboxTransaction implements TransactionSynchronization {

    private static final Logger log = LoggerFactory.getLogger(OutboxTransaction.class);
    private static final Object KEY = OutboxTransaction.class;
    private static final int MAX_ROUNDS = 100;

    private final DefaultTransactionStatus status;
    private final String managerName;
    private final MessageBuffer buffer = new MessageBuffer();
    private @Nullable RowWriter writer;
    private boolean sealed;

    private OutboxTransaction(DefaultTransactionStatus status, String managerName) {
        this.status = status;
        this.managerName = managerName;
    }

    static void begin(DefaultTransactionStatus status, String managerName) {
        OutboxTransaction transaction = new OutboxTransaction(status, managerName);
        TransactionSynchronizationManager.registerSynchronization(transaction);
        TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
        TransactionSynchronizationManager.bindResource(KEY, transaction);
    }

    static @Nullable OutboxTransaction current() {
        return (OutboxTransaction) TransactionSynchronizationManager.getResource(KEY);
    }

    /** For error messages: the name of the transaction manager that has begun this transaction. */
    String managerName() {
        return managerName;
    }

    boolean isOf(TransactionExecution execution) {
        return status == execution;
    }

    /**
     * Whether a commit of this transaction is a commit of that connection. One that is merely bound to the thread can belong
     * to an outer transaction of another manager, which goes on after this commit and may roll back.
     */
    boolean commits(ConnectionHolder connection) {
        return status.getTransaction() instanceof JdbcTransactionObjectSupport object
                && object.hasConnectionHolder()
                && object.getConnectionHolder() == connection;
    }

    void add(List<OutgoingMessage> messages, RowWriter.Target target) {
        if (writer == null) {
            writer = new RowWriter(target);
        }
        if (!writer.writesTo(target)) {
            throw new TransactionRequiredException(
                    "The transaction has messages of another outbox on the same DataSource."
                            + " Send them in separate transactions, or declare one Outbox bean per DataSource");
        }
        buffer.add(messages, null);
    }

    /** These are sent when the transaction has committed, so it is not too late for them while it commits. */
    void addDirect(List<OutgoingMessage> messages, DirectFeed feed) {
        buffer.add(messages, feed);
    }

    /** @return whether the message was sent by this transaction, is not written yet, and was not cancelled before */
    boolean cancel(UUID id) {
        return buffer.cancel(id);
    }

    /**
     * Writes what was sent until now; nothing can be sent afterwards.
     *
     * @param flushFirst whether to flush the persistence context, until its entity listeners send nothing more
     * @throws RuntimeException which rolls the transaction back
     */
    void writeBuffered(boolean flushFirst) {
        try {
            for (int round = 0; writeRound(flushFirst); round++) {
                if (round == MAX_ROUNDS) {
                    throw new CommitStoppedException(
                            "Each of " + MAX_ROUNDS + " flushes before the commit has sent new messages. Look for an"
                                    + " entity listener that sends and changes its entity at the same time",
                            null);
                }
            }
        } catch (TransactionException e) {
            // as it is, Spring would end the transaction without a rollback
            throw new CommitStoppedException("The messages were not written, the transaction is rolled back", e);
        }
        sealed = true;
    }

    private boolean writeRound(boolean flushFirst) {
        if (flushFirst) {
            status.flush();
        }
        if (writer == null || !buffer.hasRows()) {
            return false;
        }
        List<OutgoingMessage> messages = buffer.takeRows();
        if (!messages.isEmpty()) {
            writer.write(messages);
        }
        return true;
    }

    /** First, so that the relay does not wait for what others do after the commit. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void savepoint(Object savepoint) {
        buffer.mark(savepoint);
    }

    @Override
    public void savepointRollback(Object savepoint) {
        buffer.backTo(savepoint);
    }

    @Override
    public void suspend() {
        TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
    }

    @Override
    public void resume() {
        TransactionSynchronizationManager.bindResource(KEY, this);
    }

    @Override
    public void afterCompletion(int completion) {
        TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
        boolean committed = completion == STATUS_COMMITTED;
        List<OutgoingMessage> unwritten = committed && !sealed ? buffer.rows() : List.of();
        if (!unwritten.isEmpty()) {
            LogEvent.COMMIT_UNTOLD
                    .on(log)
                    .addKeyValue("reliablemq.messages", unwritten.size())
                    .log(
                            "Transaction manager '{}' has committed without telling its listeners: {} messages are lost, first {}."
                                    + " Check what it overrides",
                            managerName,
                            unwritten.size(),
                            unwritten.get(0));
        }
        if (writer != null) {
            tellFeed(writer, committed);
        }
        buffer.takeDirect().forEach((feed, messages) -> tellDirect(feed, messages, completion));
    }

    private static void tellDirect(DirectFeed feed, List<OutgoingMessage> messages, int completion) {
        try {
            if (completion == STATUS_COMMITTED) {
                feed.committed(messages);
            } else if (completion == STATUS_UNKNOWN) {
                feed.doubtful(messages);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            log.warn("{} direct message(s) may be lost: they could not be handed over", messages.size(), e);
        }
    }

    private static void tellFeed(RowWriter writer, boolean committed) {
        try {
            writer.complete(committed);
        } catch (RuntimeException | OutOfMemoryError e) {
            log.warn("The relay was not told what became of a transaction; its sweep finds the messages", e);
        }
    }

    /** @throws OutboxException when it is too late for another message */
    void requireOpen() {
        if (sealed) {
            throw new TransactionRequiredException(
                    "The transaction '" + TransactionSynchronizationManager.getCurrentTransactionName()
                            + "' is being committed: its messages are written already. Send earlier, for example in"
                            + " beforeCommit of a TransactionSynchronization, or in a transaction of its own"
                            + " (REQUIRES_NEW)");
        }
    }
}
