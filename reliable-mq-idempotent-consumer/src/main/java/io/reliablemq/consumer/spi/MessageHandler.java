package io.reliablemq.consumer.spi;

/** What a listener does with a message. <b>Thread</b>: by many at once. */
@FunctionalInterface
public interface MessageHandler {

    /**
     * Converts what the key needs. Outside any transaction.
     *
     * @throws RuntimeException when the payload cannot be converted or the key expression fails; no retry cures that
     */
    PreparedMessage prepare(ReceivedMessage message);
}
