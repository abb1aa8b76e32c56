package io.reliablemq.outbox.write;

import io.reliablemq.outbox.OutboxException;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private final List<Step> buffer = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private @Nullable RowWriter writer;
    private boolean sealed;

    private OutboxTransaction(DefaultTransactionStatus status, String managerName) {
        this.status = status;
        this.managerName = managerName;
    }

    /** What was asked for, in order: cancelling is a step of its own, so that a savepoint can take it back. */
    private sealed interface Step {

        record Send(OutgoingMessage message) implements Step {}

        record Cancel(UUID id) implements Step {}
    }

    /** How many steps there were when a savepoint was set. */
    private record Mark(Object savepoint, int size) {}

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
        messages.forEach(message -> buffer.add(new Step.Send(message)));
    }

    /** @return whether the message was sent by this transaction, is not written yet, and was not cancelled before */
    boolean cancel(UUID id) {
        boolean there = pending().stream().anyMatch(message -> message.id().equals(id));
        if (there) {
            buffer.add(new Step.Cancel(id));
        }
        return there;
    }

    private List<OutgoingMessage> pending() {
        Set<UUID> cancelled = new HashSet<>();
        List<OutgoingMessage> sent = new ArrayList<>();
        for (Step step : buffer) {
            if (step instanceof Step.Cancel cancel) {
                cancelled.add(cancel.id());
            } else if (step instanceof Step.Send send) {
                sent.add(send.message());
            }
        }
        sent.removeIf(message -> cancelled.contains(message.id()));
        return sent;
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
        if (writer == null || buffer.isEmpty()) {
            return false;
        }
        List<OutgoingMessage> messages = pending();
        buffer.clear();
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

    /** One set before the first message needs no mark: going back to it empties the buffer. */
    @Override
    public void savepoint(Object savepoint) {
        if (!buffer.isEmpty()) {
            marks.add(new Mark(savepoint, buffer.size()));
        }
    }

    @Override
    public void savepointRollback(Object savepoint) {
        int index = marks.size() - 1;
        while (index >= 0 && marks.get(index).savepoint() != savepoint) {
            index--;
        }
        int size = index < 0 ? 0 : marks.get(index).size();
        marks.subList(index + 1, marks.size()).clear();
        buffer.subList(Math.min(size, buffer.size()), buffer.size()).clear();
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
        if (committed && !sealed && !pending().isEmpty()) {
            log.error(
                    "Transaction manager '{}' has committed without telling its listeners: {} messages are lost, first {}."
                            + " Check what it overrides",
                    managerName,
                    pending().size(),
                    pending().get(0));
        }
        if (writer != null) {
            tellFeed(writer, committed);
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
