package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.spi.PayloadDecryption;
import io.reliablemq.consumer.spi.Printable;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Undoes what the producer did to the payload, by the parameter of its content type: last done, first undone. Bounded, because a
 * few kilobytes can unpack to gigabytes.
 */
final class PayloadDecoding {

    private static final String PARAMETER = ";reliablemq-encoding=";
    private static final String GZIP = "gzip";
    private static final int MOST_ENCODINGS = 2;

    private final Map<String, PayloadDecryption> decryptions = new LinkedHashMap<>();
    private final int maxSize;

    /** @param maxSize of an unpacked payload, in bytes */
    PayloadDecoding(List<PayloadDecryption> decryptions, int maxSize) {
        this.maxSize = maxSize;
        if (maxSize < 1) {
            throw new IllegalArgumentException(
                    "max-decompressed-size is " + maxSize + " bytes: it must be 1 byte to 2GB");
        }
        for (PayloadDecryption decryption : decryptions) {
            PayloadDecryption other = this.decryptions.put(decryption.name(), decryption);
            if (other != null) {
                throw new IllegalArgumentException(
                        "Two payload decryptions have the name \"" + decryption.name() + "\", "
                                + other.getClass().getName() + " and "
                                + decryption.getClass().getName() + ": give each its own");
            }
        }
    }

    /** @throws RuntimeException naming the encoding, never the payload */
    ReceivedMessage decode(ReceivedMessage message) {
        String type = message.contentType();
        int parameter = type == null ? -1 : type.indexOf(PARAMETER);
        if (type == null || parameter < 0) {
            return message;
        }
        String[] encodings = type.substring(parameter + PARAMETER.length()).split("\\+", -1);
        if (encodings.length > MOST_ENCODINGS) {
            throw new FatalListenerException("The payload of " + message + " is encoded " + encodings.length
                    + " times, at most " + MOST_ENCODINGS + " are undone: find out who sends it");
        }
        ReceivedMessage decoded = message;
        for (int i = encodings.length - 1; i >= 0; i--) {
            decoded = decoded.withPayload(undo(encodings[i], decoded), type.substring(0, parameter));
        }
        return decoded;
    }

    private byte[] undo(String encoding, ReceivedMessage message) {
        if (encoding.equals(GZIP)) {
            return unpacked(message);
        }
        PayloadDecryption decryption = decryptions.get(encoding);
        if (decryption == null) {
            String shown = Printable.of(encoding);
            throw new FatalListenerException("The payload of " + message + " is encrypted as \"" + shown
                    + "\" and there are decryptions for " + decryptions.keySet()
                    + " only: declare a PayloadDecryption bean of that name, then replay the message");
        }
        return decryption.decrypt(message);
    }

    private byte[] unpacked(ReceivedMessage message) {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(message.payload()))) {
            byte[] bytes = gzip.readNBytes(maxSize);
            if (gzip.read() >= 0) {
                throw new FatalListenerException("The payload of " + message + " unpacks to more than " + maxSize
                        + " bytes: raise reliable-mq.listener.max-decompressed-size if it is genuine, then replay the"
                        + " message");
            }
            return bytes;
        } catch (IOException e) {
            throw new FatalListenerException(
                    "The payload of " + message + " is no intact gzip: find out who sends it", e);
        }
    }
}
