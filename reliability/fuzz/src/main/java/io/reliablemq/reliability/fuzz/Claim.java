package io.reliablemq.reliability.fuzz;

import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.rocketmq.wire.WireHeaders;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What has to hold for every input. <b>Errors</b>: an {@link AssertionError} where it does not, which is a finding. */
public final class Claim {

    /** Stands in bodies and headers, and must not be where people look. */
    public static final String CANARY = "c4n4ry";

    private Claim() {}

    public static void holds(boolean claim, String what) {
        if (!claim) {
            throw new AssertionError(what);
        }
    }

    public static void equal(@Nullable Object seen, @Nullable Object expected, String what) {
        if (!Objects.equals(seen, expected)) {
            throw new AssertionError(what + " is <" + seen + "> instead of <" + expected + ">");
        }
    }

    public static void equal(byte[] seen, byte[] expected, String what) {
        if (!Arrays.equals(seen, expected)) {
            throw new AssertionError(what + " has " + seen.length + " bytes, or others than the " + expected.length);
        }
    }

    /** Nothing of what the message holds, and nothing that begins a line of its own. */
    public static void mayBeLogged(@Nullable String text) {
        holds(text != null, "there is no text");
        holds(!String.valueOf(text).contains(CANARY), "what is logged quotes the message");
        isOneLine(String.valueOf(text));
    }

    /** Ids and names that a producer has chosen may be told, if they begin no line of their own. */
    public static void isOneLine(String text) {
        holds(text.chars().noneMatch(Claim::breaksLines), "what is logged has more than one line");
    }

    private static boolean breaksLines(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }

    /** Whatever was received: our headers and RocketMQ's are no headers of the application's, all others are, and nothing is blank. */
    public static void isSound(ReceivedMessage message, Map<String, String> properties, byte[] body) {
        Map<String, String> expected = new HashMap<>(properties);
        expected.keySet().removeIf(name -> WireHeaders.isOurs(name) || WireHeaders.isRocketMqs(name));
        equal(message.headers(), expected, "the headers");
        equal(message.payload(), body, "the payload");
        equal(message.id(), text(properties.get(WireHeaders.ID)), "the id");
        equal(message.contentType(), text(properties.get(WireHeaders.CONTENT_TYPE)), "the content type");
        holds(message.tag() == null || !message.tag().isBlank(), "the tag is blank");
        holds(message.orderingKey() == null || !message.orderingKey().isBlank(), "the ordering key is blank");
        if (!properties.containsKey(WireHeaders.KEY)) {
            holds(message.keys().stream().noneMatch(String::isBlank), "a key is blank");
        }
        isOneLine(message.toString());
    }

    private static @Nullable String text(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }

    /** What was sent has arrived. */
    public static void isSame(ReceivedMessage received, OutgoingMessage sent) {
        equal(received.id(), sent.id().toString(), "the id");
        equal(received.topic(), sent.topic(), "the topic");
        equal(received.tag(), sent.tag(), "the tag");
        equal(received.keys(), sent.key() == null ? List.of() : List.of(sent.key()), "the keys");
        equal(received.orderingKey(), sent.orderingKey(), "the ordering key");
        equal(received.contentType(), sent.contentType(), "the content type");
        equal(received.payload(), sent.payload(), "the payload");
        equal(received.headers(), sent.headers(), "the headers");
        equal(received.createdAtMs(), sent.createdAtMs(), "the time of creation");
        equal(received.deliverAtMs(), sent.deliverAtMs(), "the time of delivery");
    }
}
