package io.reliablemq.outbox.spi;

import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Archived;
import io.reliablemq.outbox.OutboxOperations.Deed;
import io.reliablemq.outbox.OutboxOperations.Lanes;
import io.reliablemq.outbox.OutboxOperations.Outcome;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.ParkedMessage;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What operators do to parked and archived messages, and to the lanes, see {@link io.reliablemq.outbox.OutboxOperations}.
 *
 * <p><b>Transaction</b>: each call is one of its own, at READ COMMITTED, with its row in the audit. Locks the lanes of
 * parked rows, so that their owners park nothing meanwhile, and passes over rows that somebody else has locked, so that no owner
 * waits for a business transaction behind it.
 *
 * <p><b>Errors</b>: Spring's {@code DataAccessException}.
 */
public interface OperatorStore {

    List<ParkedMessage> parked(Parked which, @Nullable ParkedMessage after, int limit);

    long count(Parked which);

    /** A parked message with its payload. */
    Optional<OutgoingMessage> find(UUID messageId);

    Done release(Parked which, int atMost, Action action);

    /**
     * @param change from the message as it is to what it becomes; called before anything is locked; what was changed meanwhile
     *     by somebody else is left alone
     * @param detail for the audit, from both versions
     */
    Done edit(UUID messageId, UnaryOperator<OutgoingMessage> change, EditDetail detail, Action action);

    Done skip(UUID messageId, Action action);

    /** Where in the archive the range is; also of rows with another fate or topic. */
    Span span(Archived which);

    long count(Archived which);

    /**
     * Moves one batch back to the outbox, fewer messages than asked for where they are large. Ends before a row that somebody else
     * works on: else a later message of a key could get there before an earlier one.
     *
     * @param span what is left of the range
     * @param layout where ordering keys belong now, which may have been different when the messages were archived
     */
    Batch replay(Archived which, Span span, int atMost, LaneLayout layout, Action action);

    Lanes lanes();

    /** What {@link #changeLanes} would make of it. */
    Lanes lanesAfter(int lanes);

    /**
     * @return what was written to the audit; null when it is so already, or is on its way
     * @throws IllegalStateException when another change goes on
     */
    @Nullable
    Deed changeLanes(int lanes, Action action);

    /** @param before the id of the last row of the page before */
    List<Deed> audit(long before, int limit);

    /** Says what an edit has changed. */
    @FunctionalInterface
    interface EditDetail {
        String of(OutgoingMessage before, OutgoingMessage after);
    }

    /** Numbers in the archive with after &lt; seq &lt;= upTo. */
    record Span(long after, long upTo) {}

    /**
     * @param last the number up to which the archive was looked through
     * @param end whether that was all of the span
     * @param busy whether somebody else works on what comes next
     */
    record Batch(Done done, long last, boolean end, boolean busy) {}

    /** @param deed what was written to the audit; null when nothing was done */
    record Done(Outcome outcome, @Nullable Deed deed) {}
}
