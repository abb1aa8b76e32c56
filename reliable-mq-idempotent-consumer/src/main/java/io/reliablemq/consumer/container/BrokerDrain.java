package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.BrokerDeadLetters;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.Subscription;

/**
 * The listener that empties the broker's own dead-letter topic of another listener's group into the dead letters of that listener.
 */
final class BrokerDrain {

    private static final String SUFFIX = "-dead-letters";

    private BrokerDrain() {}

    static ListenerEndpoint of(ListenerEndpoint listener, MessageReceiverFactory broker) {
        Subscription source = broker.deadLetters(listener.subscription())
                .orElseThrow(() -> new ListenerConfigurationException("The dead letters that the broker makes of "
                        + listener + " are to be drained, but this broker makes none: switch that off"));
        ListenerPolicy policy = listener.policy();
        return new ListenerEndpoint(
                listener.id() + SUFFIX,
                listener.origin(),
                source,
                new ListenerPolicy(
                        1,
                        1,
                        policy.autoStartup(),
                        policy.keyed(),
                        policy.dedupWindow(),
                        policy.retry(),
                        policy.fatal(),
                        policy.mirrorTopic()),
                new BrokerDeadLetters(listener));
    }

    /** Its records and counts are those of the listener that it drains for. */
    static boolean is(ListenerEndpoint endpoint) {
        return endpoint.handler() instanceof BrokerDeadLetters;
    }
}
