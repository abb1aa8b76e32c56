package io.reliablemq.rocketmq;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.rocketmq.wire.BoundedClose;
import io.reliablemq.rocketmq.wire.DeadLetterTopic;
import io.reliablemq.rocketmq.wire.Reachability;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Opens receivers, and closes those that are still open with the connection. */
final class RocketMqMessageReceiverFactory implements MessageReceiverFactory {

    private final RocketMqSettings settings;
    private final Clients clients;
    private final Reachability reachability;
    private final OrderCheck orderCheck;
    private final Set<RocketMqMessageReceiver> open = ConcurrentHashMap.newKeySet();

    RocketMqMessageReceiverFactory(RocketMqSettings settings, Clients clients, Reachability reachability) {
        this.settings = settings;
        this.clients = clients;
        this.reachability = reachability;
        this.orderCheck = new OrderCheck(clients, settings, reachability);
    }

    /** Where nobody has answered lately this does not wait for that. */
    @Override
    public void verify(Subscription subscription) {
        reachability.require();
        orderCheck.verify(subscription);
    }

    @Override
    public MessageReceiver open(Subscription subscription) {
        orderCheck.verify(subscription);
        SubscribedConsumer consumer = new SubscribedConsumer(subscription, settings, clients, reachability);
        consumer.open();
        RocketMqMessageReceiver receiver = new RocketMqMessageReceiver(consumer, open::remove);
        open.add(receiver);
        return receiver;
    }

    @Override
    public Optional<Subscription> deadLetters(Subscription subscription) {
        return Optional.of(DeadLetterTopic.of(subscription));
    }

    void close() {
        BoundedClose.together("receiver", open);
    }
}
