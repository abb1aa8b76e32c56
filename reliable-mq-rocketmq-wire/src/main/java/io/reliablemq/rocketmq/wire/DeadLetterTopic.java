package io.reliablemq.rocketmq.wire;

import io.reliablemq.consumer.spi.Subscription;

/** Where RocketMQ puts what a group has not acknowledged in all its attempts. */
public final class DeadLetterTopic {

    private DeadLetterTopic() {}

    /**
     * In a group of its own: one group that subscribes to two topics is a contradiction at the broker, and what is given up while it is
     * drained would go round in circles.
     */
    public static Subscription of(Subscription subscription) {
        String group = subscription.group();
        return new Subscription("%DLQ%" + group, group + "-dead-letters", "*", false, false);
    }
}
