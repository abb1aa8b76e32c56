package io.reliablemq.outbox.write;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.spi.CompressionSettings;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadEncryption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Compresses, then encrypts. What was done stands in a parameter of the content type, in that order, for example
 * {@code application/json;reliablemq-encoding=gzip+key-7}: it is stored and sent with the payload, so they never part.
 */
final class PayloadEncoding {

    static final String PARAMETER = ";reliablemq-encoding=";
    private static final String GZIP = "gzip";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,64}");

    private final CompressionSettings compression;
    private final @Nullable PayloadEncryption encryption;

    PayloadEncoding(CompressionSettings compression, @Nullable PayloadEncryption encryption) {
        if (encryption != null
                && (!NAME.matcher(encryption.name()).matches() || GZIP.equalsIgnoreCase(encryption.name()))) {
            throw new IllegalArgumentException("The payload encryption "
                    + encryption.getClass().getName() + " has the name \"" + encryption.name()
                    + "\": use 1 to 64 of the characters a-z A-Z 0-9 _ . - and not gzip");
        }
        this.compression = compression;
        this.encryption = encryption;
    }

    OutgoingMessage encode(OutgoingMessage message) {
        if (message.contentType().contains(PARAMETER)) {
            throw new MessageRejectedException("The content type of " + message + " has the parameter" + PARAMETER
                    + " which belongs to Reliable MQ: let the PayloadConverter leave it out");
        }
        return encrypted(compressed(message));
    }

    private OutgoingMessage compressed(OutgoingMessage message) {
        int size = message.payload().length;
        if (!compression.enabled() || size < compression.threshold()) {
            return message;
        }
        if (size > compression.maxSize()) {
            throw new MessageRejectedException("The payload of " + message + " is larger than "
                    + compression.maxSize()
                    + " bytes, which is all that consumers unpack: store the content elsewhere and"
                    + " send a reference, or raise reliable-mq.outbox.compression.max-size here and"
                    + " reliable-mq.listener.max-decompressed-size at every consumer");
        }
        byte[] compressed = gzip(message.payload());
        return compressed.length < size ? with(message, compressed, GZIP) : message;
    }

    private OutgoingMessage encrypted(OutgoingMessage message) {
        return encryption == null ? message : with(message, encryption.encrypt(message), encryption.name());
    }

    private static OutgoingMessage with(OutgoingMessage message, byte[] payload, String encoding) {
        String type = message.contentType();
        return message.withPayload(payload, type + (type.contains(PARAMETER) ? "+" : PARAMETER) + encoding);
    }

    private static byte[] gzip(byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(payload.length / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(payload);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
