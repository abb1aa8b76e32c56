package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a copy of each dead letter through the outbox, in the letter's transaction: it exists if and only if the letter does. */
class DeadLetterMirror {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterMirror.class);

    private final Outbox outbox;
    private final String topic;

    DeadLetterMirror(Outbox outbox, String topic) {
        this.outbox = outbox;
        this.topic = topic;
    }

    /** A letter must not be lost because its mirror is refused: with foreign tags and headers, then without, then not at all. */
    void write(StoredLetter letter) {
        try {
            outbox.send(described(letter)
                    .tag(letter.letter().tag())
                    .headers(letter.letter().headers())
                    .payload(letter.payload()));
        } catch (MessageRejectedException e) {
            writeBare(letter);
        }
    }

    private void writeBare(StoredLetter letter) {
        try {
            outbox.send(described(letter).payload(letter.payload()));
        } catch (MessageRejectedException e) {
            log.error(
                    "{} is not mirrored to {}, where it would be refused; look for it in the database",
                    letter.letter(),
                    topic,
                    e);
        }
    }

    private OutboxMessage.Builder described(StoredLetter stored) {
        DeadLetter letter = stored.letter();
        OutboxMessage.Builder message = OutboxMessage.to(topic)
                .key(letter.id())
                .header("dead_letter_id", letter.id())
                .header("dead_letter_group", letter.consumerGroup())
                .header("dead_letter_topic", letter.topic())
                .header("dead_letter_reason", letter.reason().name());
        if (letter.messageId() != null) {
            message.header("dead_letter_message_id", letter.messageId());
        }
        return letter.contentType() == null
                ? message
                : message.header("dead_letter_content_type", letter.contentType());
    }
}
