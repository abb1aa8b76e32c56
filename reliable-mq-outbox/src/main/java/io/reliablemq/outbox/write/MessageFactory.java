package io.reliablemq.outbox.write;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import com.fasterxml.uuid.UUIDClock;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadConverter;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes what is stored out of what business code sends, and refuses what could never be delivered. */
final class MessageFactory {

    private final PayloadConverter converter;
    private final PayloadEncoding encoding;
    private final MessageRules rules;
    private final Clock clock;
    private final Duration handOver;
    private final NoArgGenerator ids;

    MessageFactory(
            PayloadConverter converter, PayloadEncoding encoding, MessageRules rules, Clock clock, Duration handOver) {
        this.encoding = encoding;
        this.handOver = handOver;
        this.converter = converter;
        this.rules = rules;
        this.clock = clock;
        this.ids = Generators.timeBasedEpochGenerator(null, new UUIDClock() {
            @Override
            public long currentTimeMillis() {
                return clock.millis();
            }
        });
    }

    /** @throws MessageRejectedException naming the field, the value seen and the next action */
    OutgoingMessage create(OutboxMessage message) {
        check(message);
        PayloadConverter.Converted converted = convert(message);
        long now = clock.millis();
        OutgoingMessage outgoing = encoding.encode(new OutgoingMessage(
                ids.generate(),
                message.topic(),
                message.tag(),
                message.key(),
                message.orderedBy(),
                converted.contentType(),
                converted.bytes(),
                message.headers(),
                now,
                deliverAt(message, now)));
        rules.check(message.mode() == SendMode.DIRECT ? outgoing : asHandedOver(outgoing));
        return outgoing;
    }

    /** What the broker will see: of a long delay only its last part. */
    private OutgoingMessage asHandedOver(OutgoingMessage message) {
        long latest = message.createdAtMs() + handOver.toMillis();
        return message.deliverAtMs() <= latest ? message : message.withDeliverAt(latest);
    }

    private static void check(OutboxMessage message) {
        if (message.topic().isBlank()) {
            throw new MessageRejectedException("A message has an empty topic: name one");
        }
        refuseBlank("tag", message.tag(), message);
        refuseBlank("key", message.key(), message);
        refuseBlank("orderedBy", message.orderedBy(), message);
        if (message.mode() == SendMode.DIRECT && message.orderedBy() != null) {
            throw new MessageRejectedException("A message to " + message.topic()
                    + " has both orderedBy and mode DIRECT: only the outbox keeps an order. Leave out one of the two");
        }
        Duration delay = message.delay();
        if (delay != null && delay.isNegative()) {
            throw new MessageRejectedException(
                    "The delay of a message to " + message.topic() + " is " + delay + ": it must not be negative");
        }
        if (delay != null && message.orderedBy() != null) {
            throw new MessageRejectedException("A message to " + message.topic() + " has both orderedBy and a delay ("
                    + delay + "): a broker's timer keeps no order. Leave out one of the two");
        }
    }

    private static void refuseBlank(String field, @Nullable String value, OutboxMessage message) {
        if (value != null && value.isBlank()) {
            throw new MessageRejectedException("The " + field + " of a message to " + message.topic()
                    + " is empty: give it a value or leave it out");
        }
    }

    private PayloadConverter.Converted convert(OutboxMessage message) {
        try {
            return converter.convert(message.payload());
        } catch (MessageRejectedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MessageRejectedException(
                    "The payload of a message to " + message.topic() + " cannot be serialised: it is a "
                            + message.payload().getClass().getName()
                            + ". Send a type that can, or register a PayloadConverter for it",
                    e);
        }
    }

    private static long deliverAt(OutboxMessage message, long now) {
        Duration delay = message.delay();
        if (delay == null || delay.isZero()) {
            return 0;
        }
        try {
            return Math.addExact(now, delay.toMillis());
        } catch (ArithmeticException e) {
            throw new MessageRejectedException(
                    "The delay of a message to " + message.topic() + " is " + delay + ": beyond any calendar", e);
        }
    }
}
