package io.reliablemq.consumer.processing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds a message's dedup key: the producer's id, or the listener's expression. Never the broker's own message id. */
final class Identification {

    private static final String STAND_IN = "~";
    private static final int MOST_BYTES_OF_A_CHAR = 3;
    /** Cloned, since looking it up costs more than a digest. */
    private static final MessageDigest SHA_256 = sha256();

    private final AgeGuard ageGuard;
    private final PayloadDecoding decoding;

    Identification(AgeGuard ageGuard, PayloadDecoding decoding) {
        this.ageGuard = ageGuard;
        this.decoding = decoding;
    }

    /** The digest is of the decoded payload: an encryption makes equal payloads different. */
    Identity identify(ListenerEndpoint endpoint, ReceivedMessage received) {
        ReceivedMessage message = received;
        PreparedMessage prepared;
        String key;
        try {
            message = decoding.decode(received);
            prepared = endpoint.handler().prepare(message);
            key = endpoint.policy().keyed() ? prepared.key() : message.id();
        } catch (InboxUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            return unprepared(endpoint, message, e);
        }
        if (key == null || key.isBlank()) {
            return refused(endpoint, message, DeadLetterReason.MISSING_KEY, missing(endpoint));
        }
        if (isTooLong(key) || isTooLong(message.id())) {
            return tooLong(endpoint, message, key);
        }
        InboxEntry entry = entry(endpoint, message, key);
        AgeGuard.Verdict age = ageGuard.check(
                message, endpoint.subscription().group(), endpoint.policy().dedupWindow());
        DeadLetterReason reason = age.reason();
        return reason == null
                ? new Identity.Accepted(entry, prepared, age.asOf())
                : new Identity.Refused(entry, reason, new FatalListenerException(age.problem()));
    }

    /** The payload or the key expression failed; the producer's id is still good enough to hold the letter. */
    private Identity unprepared(ListenerEndpoint endpoint, ReceivedMessage message, RuntimeException problem) {
        String id = message.id();
        if (id == null || id.isBlank() || isTooLong(id)) {
            return refused(endpoint, message, DeadLetterReason.INVALID_KEY, problem);
        }
        return new Identity.Refused(entry(endpoint, message, id), DeadLetterReason.INVALID_KEY, problem);
    }

    private Identity tooLong(ListenerEndpoint endpoint, ReceivedMessage message, String key) {
        String problem = "The key of " + key.getBytes(UTF_8).length + " bytes, or the message id, is longer than "
                + InboxEntry.MAX_BYTES + " bytes: shorten it at the producer, or hash it in the listener's key";
        InboxEntry entry = new InboxEntry(
                endpoint.subscription().group(), standIn("long", key, message.id()), null, digest(message));
        return new Identity.Refused(entry, DeadLetterReason.INVALID_KEY, new FatalListenerException(problem));
    }

    private static Identity refused(
            ListenerEndpoint endpoint, ReceivedMessage message, DeadLetterReason reason, Throwable problem) {
        String id = isTooLong(message.id()) ? null : message.id();
        byte[] digest = digest(message);
        InboxEntry entry = new InboxEntry(endpoint.subscription().group(), anonymous(message, digest), id, digest);
        return new Identity.Refused(entry, reason, problem);
    }

    /**
     * The same for each delivery of what the broker has stored, whose letter may have been written before. Random where the broker does
     * not tell it from others: then a redelivery makes a second letter, which is seen; one key for all would hide losses.
     */
    private static String anonymous(ReceivedMessage message, byte[] digest) {
        String stored = message.storedId();
        return stored == null || stored.isBlank()
                ? STAND_IN + "anonymous:" + UUID.randomUUID()
                : standIn("anonymous", stored, HexFormat.of().formatHex(digest));
    }

    private static Throwable missing(ListenerEndpoint endpoint) {
        return new FatalListenerException(
                endpoint.policy().keyed()
                        ? "The key expression of " + endpoint
                                + " gave nothing: let it name a value that every message has"
                        : "The message has no id and " + endpoint + " has no key: give the listener a key expression");
    }

    /** The identity under which a conflicting message is set aside; the same for each of its redeliveries. */
    static InboxEntry conflicting(InboxEntry entry) {
        String key = standIn(
                "conflict", entry.key(), entry.messageId() + HexFormat.of().formatHex(entry.digest()));
        return new InboxEntry(entry.group(), key, entry.messageId(), entry.digest());
    }

    private static InboxEntry entry(ListenerEndpoint endpoint, ReceivedMessage message, String key) {
        return new InboxEntry(endpoint.subscription().group(), key, message.id(), digest(message));
    }

    private static String standIn(String kind, String key, @Nullable String more) {
        byte[] hash = hash((key + '\0' + more).getBytes(UTF_8));
        return STAND_IN + kind + ":" + HexFormat.of().formatHex(hash);
    }

    private static byte[] digest(ReceivedMessage message) {
        return hash(message.payload());
    }

    private static boolean isTooLong(@Nullable String text) {
        return text != null
                && text.length() > InboxEntry.MAX_BYTES / MOST_BYTES_OF_A_CHAR
                && text.getBytes(UTF_8).length > InboxEntry.MAX_BYTES;
    }

    private static byte[] hash(byte[] bytes) {
        try {
            return ((MessageDigest) SHA_256.clone()).digest(bytes);
        } catch (CloneNotSupportedException e) {
            return sha256().digest(bytes); // a provider of somebody else's
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256; this one does not: use another", e);
        }
    }
}
