package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a copy of each dead letter through the outbox, in the letter's transaction: it exists if and only if the letter does. */
class DeadLetterMirror {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterMirror.class);

    private final Supplier<@Nullable Outbox> outbox;
    private final @Nullable String topic;

    /** @param topic of listeners that name none, or null */
    DeadLetterMirror(Supplier<@Nullable Outbox> outbox, @Nullable String topic) {
        this.outbox = outbox;
        this.topic = topic;
    }

    /** Refuses a listener whose letters could not be mirrored, or would come back to it. */
    void check(ListenerEndpoint listener) {
        String mirror = topic(listener);
        if (mirror != null && outbox.get() == null) {
            throw new ListenerConfigurationException("The dead letters of " + listener + " are to be mirrored to topic "
                    + mirror + ", and there is no outbox to send them through: set its mirrorTopic to "
                    + IdempotentListener.NO_MIRROR + ", or remove reliable-mq.outbox.enabled=false");
        }
        if (listener.subscription().topic().equals(mirror)) {
            throw new ListenerConfigurationException("The dead letters of " + listener + " would be mirrored to topic "
                    + mirror + ", which it consumes, and become dead letters again without end: set its mirrorTopic to "
                    + IdempotentListener.NO_MIRROR + " or to another topic");
        }
    }

    private @Nullable String topic(ListenerEndpoint listener) {
        String own = listener.policy().mirrorTopic();
        if (own == null) {
            return topic;
        }
        return own.isEmpty() ? null : own;
    }

    void write(ListenerEndpoint listener, StoredLetter letter) {
        String mirror = topic(listener);
        Outbox used = mirror == null ? null : outbox.get();
        if (mirror != null && used != null) {
            write(used, mirror, letter);
        }
    }

    /** A letter must not be lost because its mirror is refused: with foreign tags and headers, then without, then not at all. */
    private static void write(Outbox outbox, String topic, StoredLetter letter) {
        try {
            outbox.send(described(topic, letter)
                    .tag(letter.letter().tag())
                    .headers(letter.letter().headers())
                    .payload(letter.payload()));
        } catch (MessageRejectedException e) {
            writeBare(outbox, topic, letter);
        }
    }

    private static void writeBare(Outbox outbox, String topic, StoredLetter letter) {
        try {
            outbox.send(described(topic, letter).payload(letter.payload()));
        } catch (MessageRejectedException e) {
            log.error(
                    "{} is not mirrored to {}, where it would be refused; look for it in the database",
                    letter.letter(),
                    topic,
                    e);
        }
    }

    private static OutboxMessage.Builder described(String topic, StoredLetter stored) {
        DeadLetter letter = stored.letter();
        OutboxMessage.Builder message = OutboxMessage.to(topic)
                .mode(SendMode.OUTBOX) // in the letter's transaction, whatever the application's own messages do
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
