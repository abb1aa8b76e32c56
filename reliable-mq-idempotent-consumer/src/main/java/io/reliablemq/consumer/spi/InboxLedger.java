package io.reliablemq.consumer.spi;

import java.util.Collection;
import java.util.Map;

/**
 * What arrived, for a comparison with what was sent. Changes nothing.
 *
 * <p><b>Transaction</b>: none. <b>Thread</b>: any. <b>Errors</b>: {@link InboxUnavailableException}.
 */
public interface InboxLedger {

    /**
     * What a consumer group knows of messages, by their dedup keys; nothing of those that it has never seen.
     *
     * @param keys a page of them: they go into one statement
     */
    Map<String, Arrival> arrivals(String group, Collection<String> keys);

    /** @param atMs when the record was written, or the last attempt failed, by the database's clock */
    record Arrival(Fate fate, long atMs) {}

    /** What became of a message at its consumer group. */
    enum Fate {
        /** Its effect is committed. */
        APPLIED,
        /** A dead letter holds it, or an operator gave it up. */
        DEAD,
        /** Attempts have failed, and it comes again. */
        RETRYING
    }
}
