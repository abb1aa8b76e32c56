package io.reliablemq.consumer.spi;

/**
 * Decrypts what a producer has encrypted under the same name. Several may exist, for example one for each key version.
 *
 * <p><b>Thread</b>: called by many at once, outside any transaction.
 */
public interface PayloadDecryption {

    /** As the producer's encryption is named. */
    String name();

    /**
     * @param message its payload is what to decrypt; id and topic are those that the producer saw
     * @throws InboxUnavailableException when the key cannot be got at the moment: the listener pauses and no attempt is burnt
     * @throws RuntimeException when the payload cannot be decrypted: it becomes a dead letter, as it came
     */
    byte[] decrypt(ReceivedMessage message);
}
