package io.reliablemq.rocketmq.remoting;

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
final class RemotingReceiverFactory implements MessageReceiverFactory {

    private final RemotingSettings settings;
    private final Cluster cluster;
    private final Reachability reachability;
    private final RemotingOrderCheck orderCheck;
    private final Set<RemotingReceiver> open = ConcurrentHashMap.newKeySet();

    RemotingReceiverFactory(RemotingSettings settings, Cluster cluster, Reachability reachability) {
        this.settings = settings;
        this.cluster = cluster;
        this.reachability = reachability;
        this.orderCheck = new RemotingOrderCheck(settings, cluster, reachability);
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
        SubscribedTopic topic = new SubscribedTopic(subscription, settings, cluster, reachability);
        topic.open();
        RemotingReceiver receiver =
                new RemotingReceiver(topic, new Pops(subscription, settings, cluster), open::remove);
        open.add(receiver);
        return receiver;
    }

    /** Only a proxy moves messages there; a group that was read through one may have some. */
    @Override
    public Optional<Subscription> deadLetters(Subscription subscription) {
        return Optional.of(DeadLetterTopic.of(subscription));
    }

    void close() {
        BoundedClose.together("receiver", open);
    }
}
