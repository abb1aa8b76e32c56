package io.reliablemq.consumer.spi;

/**
 * One listener: where its messages come from, how it is run, and what it does.
 *
 * @param id unique in the application
 * @param origin the code it was declared in, for error messages
 */
public record ListenerEndpoint(
        String id, String origin, Subscription subscription, ListenerPolicy policy, MessageHandler handler) {

    /** The same, which does something else. */
    public ListenerEndpoint withHandler(MessageHandler other) {
        return new ListenerEndpoint(id, origin, subscription, policy, other);
    }

    @Override
    public String toString() {
        return "listener '" + id + "' (" + origin + ")";
    }
}
