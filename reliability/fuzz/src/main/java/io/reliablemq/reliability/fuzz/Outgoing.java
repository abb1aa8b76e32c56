package io.reliablemq.reliability.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.rocketmq.wire.RocketMqMessageRules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An input as a message of the outbox. */
public final class Outgoing {

    private static final RocketMqMessageRules RULES =
            new RocketMqMessageRules(Duration.ofDays(1), Clock.fixed(Instant.ofEpochSecond(1), ZoneOffset.UTC));

    private Outgoing() {}

    /** Null for one that the rules refuse when it is written, which they say in one line. */
    public static @Nullable OutgoingMessage accepted(Envelope envelope) {
        OutgoingMessage message = new OutgoingMessage(
                UUID.nameUUIDFromBytes(envelope.text("id", "").getBytes(UTF_8)),
                envelope.text("topic", "orders"),
                envelope.text("tag"),
                envelope.text("key"),
                envelope.text("order"),
                envelope.text("type", "application/json"),
                envelope.body(),
                envelope.headers(),
                envelope.number("created", 1),
                Math.max(0, envelope.number("due", 0)));
        try {
            RULES.check(message);
            return message;
        } catch (MessageRejectedException e) {
            Claim.isOneLine(String.valueOf(e.getMessage()));
            return null;
        }
    }
}
