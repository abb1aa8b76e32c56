package io.reliablemq.outbox.spi;

import java.time.Duration;

/**
 * The archive of sent messages, for its purge and its meters.
 *
 * <p><b>Transaction</b>: each call is a short one of its own that touches no row of the outbox and waits for nobody.
 *
 * <p><b>Errors</b>: Spring's {@code DataAccessException}; the caller tries again later.
 */
public interface ArchiveStore {

    /**
     * Deletes the oldest of what has been in the archive for longer than that, by the database's clock.
     *
     * @return how many; {@code limit} means that there may be more, fewer that there are none or that somebody else is at it
     */
    int purge(Duration retention, int limit);

    /** Counted: reads as much as there is. Ages by the database's clock. */
    Content content();

    /**
     * @param rows sent messages that are kept, skipped ones, and versions that were edited
     * @param oldestAgeMs since the oldest of them was archived, 0 when there is none
     */
    record Content(long rows, long oldestAgeMs) {}
}
