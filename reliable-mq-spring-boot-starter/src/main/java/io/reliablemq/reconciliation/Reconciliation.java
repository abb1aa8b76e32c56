package io.reliablemq.reconciliation;

import java.time.Instant;
import java.util.Optional;

/**
 * Compares the messages that the outbox has sent with the records of consumer groups, and names what is missing, late or dead.
 *
 * <p><b>Guarantee</b>: it changes no message and no record, and holds a page of ids in memory at a time. What is still on its way is not missing; what
 * cannot be known is unknown, never complete. <b>Transaction</b>: none; short reads without locks. <b>Thread</b>: any; a call takes as
 * long as the window has messages, and one waits for another. <b>Errors</b>: Spring's {@code DataAccessException} and
 * {@code InboxUnavailableException} while a database does not answer; an {@link IllegalArgumentException} for a window that makes no sense.
 */
public interface Reconciliation {

    /** For the window that is configured. */
    ReconciliationReport reconcile();

    /**
     * For messages that left the outbox in a range of time, by its database's clock.
     *
     * @param to is left out
     */
    ReconciliationReport reconcile(Instant from, Instant to);

    /** What the last call in this process came to. */
    Optional<ReconciliationReport> latest();
}
