package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.Cancellation;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Decides how messages go that leave it to the configuration. */
record OutboxWithMode(Outbox outbox, SendMode mode) implements Outbox {

    @Override
    public UUID send(OutboxMessage message) {
        return outbox.send(decided(message));
    }

    @Override
    public List<UUID> sendAll(Collection<OutboxMessage> messages) {
        return outbox.sendAll(messages.stream().map(this::decided).toList());
    }

    /** Only the outbox keeps an order, and lets a message be cancelled. */
    private OutboxMessage decided(OutboxMessage message) {
        if (message.mode() != SendMode.DEFAULT) {
            return message;
        }
        return message.withMode(message.orderedBy() == null && message.delay() == null ? mode : SendMode.OUTBOX);
    }

    @Override
    public Cancellation cancel(UUID messageId) {
        return outbox.cancel(messageId);
    }
}
