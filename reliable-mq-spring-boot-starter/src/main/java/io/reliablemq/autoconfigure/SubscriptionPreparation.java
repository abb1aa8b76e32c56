package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.spi.Subscription;

/** What has to be done at the broker before a listener subscribes; the embedded broker creates the group. */
interface SubscriptionPreparation {

    void prepare(Subscription subscription);
}
