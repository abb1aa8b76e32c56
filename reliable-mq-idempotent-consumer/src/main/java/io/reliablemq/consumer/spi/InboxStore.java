package io.reliablemq.consumer.spi;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The port to the dedup records and failure counts.
 *
 * <p><b>Transaction</b>: every method works in the caller's; none commits. <b>Errors</b>: {@link InboxContentionException} when
 * another transaction is in the way, {@link InboxUnavailableException} when a statement fails for any other reason.
 */
public interface InboxStore {

    /**
     * Refuses a transaction that would not carry the records: one of another resource, or a connection with autocommit on.
     *
     * @throws io.reliablemq.consumer.ListenerConfigurationException naming the data source and what was found
     */
    void requireBoundTransaction();

    /** For transactions of that manager; null when it finds their connections in a way of its own. Takes none yet. */
    @Nullable
    KeptConnection keepConnection(PlatformTransactionManager manager);

    /**
     * Records the entry if its key is new; the first statement of a transaction. Waits at most about two seconds for another
     * transaction that has the same key in hand.
     */
    Admission admit(InboxEntry entry, InboxState state);

    /**
     * Records entries of one group as {@link InboxState#DONE} in one statement, in the order of their keys, so that two transactions
     * with some of the same wait for each other instead of deadlocking.
     *
     * @return to be released right before the commit; null when one of the keys is known, or twice among them: then the transaction
     *     has to be rolled back
     */
    @Nullable
    CommitSentinel admitAll(List<InboxEntry> entries);

    /** Moves the record on; answers whether it was in that state. */
    boolean flip(InboxEntry entry, InboxState from, InboxState to);

    /** For a record that this transaction has moved to {@link InboxState#DONE}: as if it had been admitted in it. */
    CommitSentinel plantSentinel(InboxEntry entry);

    /** Adds one and answers the sum. */
    int countFailure(InboxEntry entry);

    /** Deletes the count. */
    void forgetFailures(InboxEntry entry);

    /** The database's clock, milliseconds since the epoch. Needs no transaction. */
    long now();

    /** What is forgotten of a group, and the database's time. Needs no transaction. */
    Horizon horizon(String group);

    /**
     * @param nowMs the database's clock, milliseconds since the epoch
     * @param forgetsBefore records of an earlier time by it may be gone, or may go soon
     */
    record Horizon(long nowMs, long forgetsBefore) {}

    /** What is deleted has stood in the {@link #horizon} for at least that long. */
    Duration NOTICE = Duration.ofMinutes(1);

    /**
     * Deletes at most that many records (never in state DEAD), counts and settled letters of that age, as far as that was announced long
     * enough ago; announces what comes next; answers how many were deleted.
     */
    int purge(String group, Duration age, int limit);
}
