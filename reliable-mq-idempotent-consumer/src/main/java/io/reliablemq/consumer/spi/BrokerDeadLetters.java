package io.reliablemq.consumer.spi;

/**
 * Stands for the handler where a group's dead-letter topic at the broker is drained: what comes is written as a dead letter of that
 * listener, under the dedup key that the listener would give it, and its handler is not called.
 */
public record BrokerDeadLetters(ListenerEndpoint listener) implements MessageHandler {

    @Override
    public PreparedMessage prepare(ReceivedMessage message) {
        return listener.handler().prepare(message);
    }
}
