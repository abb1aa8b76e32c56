package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.Subscription;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;

/** Does what has to be done at the broker before anything is asked or received. */
record PreparedReceivers(MessageReceiverFactory receivers, ObjectProvider<SubscriptionPreparation> preparations)
        implements MessageReceiverFactory {

    @Override
    public void verify(Subscription subscription) {
        prepare(subscription);
        receivers.verify(subscription);
    }

    @Override
    public MessageReceiver open(Subscription subscription) {
        prepare(subscription);
        return receivers.open(subscription);
    }

    @Override
    public Optional<Subscription> deadLetters(Subscription subscription) {
        return receivers.deadLetters(subscription);
    }

    private void prepare(Subscription subscription) {
        preparations.forEach(preparation -> preparation.prepare(subscription));
    }
}
