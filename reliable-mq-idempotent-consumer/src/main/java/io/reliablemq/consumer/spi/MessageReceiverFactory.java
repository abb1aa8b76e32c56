package io.reliablemq.consumer.spi;

/** Opens subscriptions. Implemented by broker adapters. */
public interface MessageReceiverFactory {

    /**
     * @throws ReceiverUnavailableException when the broker cannot be reached; the caller backs off and tries again, nothing
     *     was opened
     */
    MessageReceiver open(Subscription subscription);
}
