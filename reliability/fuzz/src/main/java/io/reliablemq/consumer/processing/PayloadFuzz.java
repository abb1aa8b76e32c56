package io.reliablemq.consumer.processing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxStore.Horizon;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.LoggedFailure;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.reliability.fuzz.Claim;
import io.reliablemq.reliability.fuzz.Envelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * What a listener makes of a message: unpacked, converted to the type that it declares, its dedup key. It ends in a value or in a failure that
 * no retry cures and that may be logged.
 */
public final class PayloadFuzz {

    private static final int LIMIT = 300;
    private static final PayloadDecoding DECODING = new PayloadDecoding(List.of(), LIMIT);
    private static final DatabaseClock CLOCK = new DatabaseClock(
            () -> new Horizon(System.currentTimeMillis(), 0), System::nanoTime, System::currentTimeMillis);
    private static final Identification IDENTIFICATION =
            new Identification(new AgeGuard(group -> CLOCK, Duration.ofMinutes(1)), DECODING);
    private static final FuzzedListeners LISTENERS = new FuzzedListeners();

    private PayloadFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Envelope envelope = Envelope.of(input);
        ReceivedMessage message = message(envelope);
        decodes(message, envelope);
        ListenerEndpoint listener = LISTENERS.get((int) envelope.number("listener", 0));
        Identity identity = IDENTIFICATION.identify(listener, message);
        fitsItsColumns(identity.entry(), message);
        if (identity instanceof Identity.Refused refused) {
            mayBeToldOf(refused.problem());
        } else if (identity instanceof Identity.Accepted accepted) {
            Identity again = IDENTIFICATION.identify(listener, message);
            Claim.equal(again.entry().key(), accepted.entry().key(), "the key of its redelivery");
            Claim.equal(again.entry().digest(), accepted.entry().digest(), "the digest of its redelivery");
            handle(accepted, message);
        }
    }

    private static ReceivedMessage message(Envelope envelope) throws IOException {
        byte[] body = envelope.body();
        long times = envelope.number("pack", 0);
        for (int i = 0; i < times && i < 3; i++) {
            body = gzip(body);
        }
        String key = envelope.text("key");
        return new ReceivedMessage(
                envelope.text("id"),
                "orders",
                envelope.text("tag"),
                key == null ? List.of() : List.of(key),
                envelope.text("order"),
                type(envelope),
                body,
                envelope.headers(),
                envelope.number("created", 0),
                envelope.number("due", 0),
                (int) envelope.number("attempt", 1),
                envelope);
    }

    /** Names of encodings may be told. */
    private static String type(Envelope envelope) {
        String type = envelope.text("type", "application/json");
        return type.contains("reliablemq-encoding") ? type : type.replace("@", Claim.CANARY);
    }

    private static void decodes(ReceivedMessage message, Envelope envelope) throws IOException {
        ReceivedMessage decoded;
        try {
            decoded = DECODING.decode(message);
        } catch (FatalListenerException e) {
            Claim.mayBeLogged(e.getMessage());
            return;
        }
        Claim.holds(decoded.equals(message) || decoded.payload().length <= LIMIT, "the limit was passed");
        comesBack(envelope.body(), message);
        comesBack(Arrays.copyOf(envelope.body(), LIMIT), message);
        comesBack(Arrays.copyOf(envelope.body(), LIMIT + 1), message);
    }

    /** To the limit and not a byte further. */
    private static void comesBack(byte[] body, ReceivedMessage message) throws IOException {
        ReceivedMessage packed = message.withPayload(gzip(body), "text/plain;reliablemq-encoding=gzip");
        try {
            ReceivedMessage decoded = DECODING.decode(packed);
            Claim.equal(decoded.payload(), body, "what was packed");
            Claim.equal(decoded.contentType(), "text/plain", "its content type");
            Claim.holds(body.length <= LIMIT, "more than the limit was unpacked");
        } catch (FatalListenerException e) {
            Claim.holds(body.length > LIMIT, "what is within the limit is refused");
        }
    }

    private static void fitsItsColumns(InboxEntry entry, ReceivedMessage message) {
        Claim.holds(!entry.key().isBlank(), "the key is blank");
        Claim.holds(entry.key().getBytes(UTF_8).length <= InboxEntry.MAX_BYTES, "the key is too long");
        String id = entry.messageId();
        Claim.holds(id == null || id.getBytes(UTF_8).length <= InboxEntry.MAX_BYTES, "the id is too long");
        Claim.holds(id == null || id.equals(message.id()), "the id is another");
    }

    private static void handle(Identity.Accepted accepted, ReceivedMessage message) {
        try {
            accepted.prepared().handle();
            LISTENERS.requireSound(DECODING.decode(message));
        } catch (Exception e) {
            Claim.equal(FailureKind.of(e, List.of()), FailureKind.FATAL, "the kind of " + e.getClass());
            mayBeToldOf(e);
        }
    }

    private static void mayBeToldOf(Throwable problem) {
        Claim.mayBeLogged(LoggedFailure.of(problem));
        for (Throwable cause = problem; LoggedFailure.mayBeShown(problem) && cause != null; cause = cause.getCause()) {
            Claim.mayBeLogged(cause.toString());
        }
    }

    private static byte[] gzip(byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(payload);
        }
        return bytes.toByteArray();
    }
}
