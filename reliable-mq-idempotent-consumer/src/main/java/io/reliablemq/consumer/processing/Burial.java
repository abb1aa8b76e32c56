package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.LoggedFailure;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.time.Instant;
import java.util.UUID;

/** A message on its way to the dead letters. */
record Burial(ReceivedMessage message, InboxEntry entry, DeadLetterReason reason, Throwable problem, int attempts) {

    Burial asConflict() {
        IllegalStateException conflict = new IllegalStateException("The " + entry
                + " was used by a message with another id and another content: two producers share a key, or a key expression"
                + " is too coarse");
        return new Burial(message, Identification.conflicting(entry), DeadLetterReason.CONFLICT, conflict, attempts);
    }

    StoredLetter letter() {
        DeadLetter letter = new DeadLetter(
                UUID.randomUUID().toString(),
                entry.group(),
                entry.key(),
                entry.messageId(),
                message.topic(),
                message.tag(),
                message.keys(),
                message.orderingKey(),
                message.contentType(),
                message.payload().length,
                message.headers(),
                message.createdAtMs(),
                message.deliverAtMs(),
                reason,
                LoggedFailure.of(problem),
                attempts,
                Instant.now(),
                DeadLetter.State.OPEN);
        return new StoredLetter(letter, message.payload(), entry);
    }
}
