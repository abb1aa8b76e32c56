package io.reliablemq.consumer.spi;

import java.util.List;

/** What a listener does with a message. <b>Thread</b>: by many at once. */
@FunctionalInterface
public interface MessageHandler {

    /**
     * Converts what the key needs. Outside any transaction.
     *
     * @throws RuntimeException when the payload cannot be converted or the key expression fails; no retry cures that
     */
    PreparedMessage prepare(ReceivedMessage message);

    /**
     * What is to be called, in this order, for messages that are handled in one transaction: each by itself, unless the handler takes
     * several at once. The keys of what is returned have no meaning.
     *
     * @param messages that this handler has prepared, at least one
     */
    default List<PreparedMessage> together(List<PreparedMessage> messages) {
        return messages;
    }
}
