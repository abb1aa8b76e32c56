package io.reliablemq.consumer.spi;

import java.util.Optional;

/** Opens subscriptions. Implemented by broker adapters. */
public interface MessageReceiverFactory {

    /**
     * Asks the broker whether its topic and group can do what the subscription wants, within seconds.
     *
     * @throws io.reliablemq.consumer.ListenerConfigurationException when they cannot, naming them and the cure
     * @throws ReceiverUnavailableException when the broker does not say; {@link #open} asks again
     */
    default void verify(Subscription subscription) {}

    /**
     * @throws io.reliablemq.consumer.ListenerConfigurationException as {@link #verify}; nothing was opened
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
