package io.reliablemq.outbox.spi;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What left the outbox, page by page, for a comparison with what arrived; and whose turn it is to compare.
 *
 * <p><b>Transaction</b>: each call is one of its own. Reads take no lock, and touch no row of the outbox. <b>Thread</b>: any.
 *
 * <p><b>Errors</b>: Spring's {@code DataAccessException}.
 */
public interface OutboxLedger {

    /** The database's clock, milliseconds since the epoch. */
    long now();

    /**
     * Messages in the archive, in the order in which they were archived.
     *
     * @param span archived in it
     * @param topics of these only
     * @param after the last one of the page before, or null
     * @param limit at most that many
     */
    List<Departed> departed(Span span, Set<String> topics, @Nullable Departed after, int limit);

    /**
     * Of all processes one is answered true in each such time, by the database's clock.
     *
     * @param every from now until the next turn
     */
    boolean takeTurn(Duration every);

    /** Puts the next turn off, as long as this one lasts. */
    void prolongTurn(Duration every);

    /** For all processes to see. */
    void note(Outcome outcome);

    /** What was noted last. */
    Optional<Noted> noted();

    /** Milliseconds since the epoch by the database's clock, the end left out. */
    record Span(long fromMs, long toMs) {}

    /**
     * @param skipped whether an operator has taken it out, so that it was not sent
     * @param archivedAtMs when the broker's answer was recorded, by the database's clock
     * @param deliverAtMs when it is to be delivered, by the producer's clock; 0 for at once
     * @param place in the archive
     */
    record Departed(
            UUID id,
            String topic,
            @Nullable String tag,
            boolean skipped,
            long archivedAtMs,
            long deliverAtMs,
            long place) {}

    /** What a comparison came to. */
    record Outcome(long tookMs, long missing, long late, long dead, boolean unknown) {}

    /** @param ageMs since it was noted, by the database's clock */
    record Noted(Outcome outcome, long ageMs) {}
}
