package io.reliablemq.consumer.jdbc;

import io.reliablemq.consumer.spi.InboxState;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a dedup record has in place of its state until right before the commit, no two transactions the same: when the database
 * has rolled a transaction back underneath us, the record is gone, or another one's.
 *
 * <p>For databases whose savepoints do not show it. Never committed, but by a handler that commits on the connection itself. A record that was is {@link InboxState#DONE}.
 */
record Mark(String value) {

    private static final String PREFIX = "~";

    static Mark random() {
        return new Mark(
                PREFIX + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), Character.MAX_RADIX));
    }

    static InboxState state(String column) {
        return column.startsWith(PREFIX) ? InboxState.DONE : InboxState.valueOf(column);
    }
}
