package io.reliablemq.outbox.spi;

/**
 * Encrypts payloads before they are written to the outbox, so that neither database nor broker has them in clear. Headers, keys
 * and tags are not encrypted. The consumer needs a decryption under the same {@link #name}.
 *
 * <p><b>Thread</b>: called by business threads inside their transactions; must be quick. What it throws refuses the send.
 */
public interface PayloadEncryption {

    /**
     * Travels with the message, so that a consumer finds the way to decrypt it; name keys or key versions by it. 1 to 64 of the
     * characters a-z A-Z 0-9 _ . - and not {@code gzip}.
     */
    String name();

    /**
     * @param message its payload is what to encrypt, compressed already; id and topic are the same at the consumer and can be
     *     authenticated along with it
     */
    byte[] encrypt(OutgoingMessage message);
}
