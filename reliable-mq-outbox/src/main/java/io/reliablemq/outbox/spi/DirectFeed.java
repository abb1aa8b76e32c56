package io.reliablemq.outbox.spi;

import io.reliablemq.outbox.OutboxOverloadedException;
import java.util.List;

/**
 * How the write side hands over messages that go past the outbox.
 *
 * <p><b>Thread</b>: called by business threads; never blocks, never touches the database, never contacts the broker.
 */
public interface DirectFeed {

    /**
     * Outside of a transaction: takes all of them or none.
     *
     * @throws OutboxOverloadedException when there is no room for all; they are counted as lost then
     */
    void send(List<OutgoingMessage> messages);

    /** After their transaction has committed: takes those that find room and counts the others as lost. Never throws. */
    void committed(List<OutgoingMessage> messages);

    /** Nobody knows whether their transaction has committed: they are not sent, and counted as lost. Never throws. */
    void doubtful(List<OutgoingMessage> messages);
}
