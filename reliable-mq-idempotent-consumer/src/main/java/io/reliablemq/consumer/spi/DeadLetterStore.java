package io.reliablemq.consumer.spi;

import io.reliablemq.consumer.DeadLetter;
import java.util.List;
import java.util.Optional;

/** The port to the dead letters. <b>Transaction</b> and <b>errors</b> as in {@link InboxStore}. */
public interface DeadLetterStore {

    /** Writes an open letter; its {@code writtenAt} and {@code state} are the store's to set. */
    void write(DeadLetter letter, InboxEntry entry);

    /** Locks the letter until the end of the transaction, if it is open. */
    Optional<StoredLetter> lockOpen(String id);

    /** Settles a locked letter. */
    void settle(String id, DeadLetter.State state);

    /** Notes one more failed attempt. */
    void recordFailure(String id, String error);

    Optional<DeadLetter> find(String id);

    /** Open letters, oldest first. */
    List<DeadLetter> list(String group, int limit);

    /** How many are open. */
    long count(String group);

    /** A letter with the identity that its dedup record has. */
    record StoredLetter(DeadLetter letter, InboxEntry entry) {}
}
