package io.reliablemq.outbox.spi;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * How the write side tells the relay of this process what it writes, so that a message is sent the moment it is committed.
 * Only a short cut: what is never told here is found in the table.
 *
 * <p>For each transaction: {@link #announce} before the commit, then exactly one of {@link #committed} and
 * {@link #released}.
 *
 * <p><b>Thread</b>: called by business threads; never blocks, never throws, never touches the database.
 */
public interface RelayFeed {

    /** The lane for a message without order: one that this process owns, so that its own copy is sent at once. */
    int unorderedLane();

    /** These messages are about to be committed: until released, a sweep that reads them leaves them alone. */
    void announce(Collection<UUID> messageIds);

    /** The rows are committed. */
    void committed(List<OutboxRow> rows);

    /** Rolled back, or nobody knows: the sweep finds what there is. */
    void released(Collection<UUID> messageIds);
}
