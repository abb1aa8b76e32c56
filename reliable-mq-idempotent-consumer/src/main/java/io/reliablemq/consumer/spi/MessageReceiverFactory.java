package io.reliablemq.consumer.spi;

import java.util.Optional;

/** Opens subscriptions. Implemented by broker adapters. */
public interface MessageReceiverFactory {

    /**
     * @throws ReceiverUnavailableException when the broker cannot be reached; the caller backs off and tries again, nothing
     *     was opened
     */
    MessageReceiver open(Subscription subscription);

    /**
     * Where the broker itself puts what it gives up in that subscription, to be received in a group of its own; empty where a
     * broker has no such place.
     */
    default Optional<Subscription> deadLetters(Subscription subscription) {
        return Optional.empty();
    }
}
