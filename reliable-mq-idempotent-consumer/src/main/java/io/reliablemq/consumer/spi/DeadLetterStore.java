package io.reliablemq.consumer.spi;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Operation;
import io.reliablemq.consumer.DeadLetters.Payload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The port to the dead letters and to the audit of what is done to them. <b>Transaction</b> and <b>errors</b> as in {@link InboxStore}. */
public interface DeadLetterStore {

    /** Writes an open letter; its {@code writtenAt} and {@code state} are the store's to set. */
    void write(StoredLetter letter);

    /** Locks the letter until the end of the transaction, if it is open and nobody else has locked it; never waits. */
    Optional<StoredLetter> lockOpen(String id);

    /** Settles a locked letter. */
    void settle(String id, DeadLetter.State state);

    /** Replaces payload and headers of a locked letter. */
    void replace(String id, Payload payload, Map<String, String> headers);

    /** Notes one more failed attempt; answers whether the letter is still open. */
    boolean recordFailure(String id, String error);

    Optional<StoredLetter> find(String id);

    /** Open letters, oldest first, those behind that one. */
    List<DeadLetter> list(Letters which, @Nullable DeadLetter after, int limit);

    /** How many are open. */
    long count(Letters which);

    /** Writes a row of the audit. */
    Deed audit(Operation operation, String letterId, String detail, Action action);

    /** Rows of the audit below that id, the latest first. */
    List<Deed> audit(long before, int limit);

    /** A letter with its payload, and with the identity that its dedup record has. */
    @SuppressWarnings("ArrayRecordComponent") // read from a row and never shared
    record StoredLetter(DeadLetter letter, byte[] payload, InboxEntry entry) {}
}
