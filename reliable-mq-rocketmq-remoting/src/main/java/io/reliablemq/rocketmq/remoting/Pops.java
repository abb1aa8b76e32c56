package io.reliablemq.rocketmq.remoting;

import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.client.consumer.AckResult;
import org.apache.rocketmq.client.consumer.AckStatus;
import org.apache.rocketmq.client.consumer.PopResult;
import org.apache.rocketmq.common.constant.ConsumeInitMode;
import org.apache.rocketmq.common.filter.ExpressionType;
import org.apache.rocketmq.remoting.protocol.header.AckMessageRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.ChangeInvisibleTimeRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.ExtraInfoUtil;
import org.apache.rocketmq.remoting.protocol.header.PopMessageRequestHeader;

/** The requests of one subscription in RocketMQ's pop protocol, as a proxy makes them. */
final class Pops {

    private static final int ANY_QUEUE = -1;

    private final Subscription subscription;
    private final RemotingSettings settings;
    private final Cluster cluster;

    Pops(Subscription subscription, RemotingSettings settings, Cluster cluster) {
        this.subscription = subscription;
        this.settings = settings;
        this.cluster = cluster;
    }

    Subscription subscription() {
        return subscription;
    }

    /** Within that time a receive is answered, with a second for the threads. */
    Duration receiveTimeout() {
        return settings.awaitDuration().plus(settings.requestTimeout()).plusSeconds(1);
    }

    /** A group that has not read the topic yet starts with its earliest message. */
    CompletableFuture<PopResult> receive(String broker, String address, int max, Duration invisible) {
        PopMessageRequestHeader header = new PopMessageRequestHeader();
        header.setConsumerGroup(cluster.named(subscription.group()));
        header.setTopic(cluster.named(subscription.topic()));
        header.setQueueId(ANY_QUEUE);
        header.setMaxMsgNums(max);
        header.setInvisibleTime(invisible.toMillis());
        header.setPollTime(settings.awaitDuration().toMillis());
        header.setInitMode(ConsumeInitMode.MIN);
        header.setExpType(subscription.sql() ? ExpressionType.SQL92 : ExpressionType.TAG);
        header.setExp(subscription.filter().isBlank() ? "*" : subscription.filter());
        header.setOrder(subscription.ordered());
        return cluster.api()
                .popMessageAsync(
                        address,
                        broker,
                        header,
                        settings.awaitDuration().plus(settings.requestTimeout()).toMillis());
    }

    CompletableFuture<Void> acknowledge(String address, String handle) {
        String[] parts = ExtraInfoUtil.split(handle);
        AckMessageRequestHeader header = new AckMessageRequestHeader();
        header.setConsumerGroup(cluster.named(subscription.group()));
        header.setTopic(realTopic(parts));
        header.setQueueId(ExtraInfoUtil.getQueueId(parts));
        header.setOffset(ExtraInfoUtil.getQueueOffset(parts));
        header.setExtraInfo(handle);
        return cluster.api()
                .ackMessageAsync(address, header, cluster.timeout())
                .thenAccept(result -> requireOk(result, "acknowledgement"));
    }

    /** @return the handle from now on */
    CompletableFuture<String> postpone(String address, String handle, Duration invisible) {
        String[] parts = ExtraInfoUtil.split(handle);
        ChangeInvisibleTimeRequestHeader header = new ChangeInvisibleTimeRequestHeader();
        header.setConsumerGroup(cluster.named(subscription.group()));
        header.setTopic(realTopic(parts));
        header.setQueueId(ExtraInfoUtil.getQueueId(parts));
        header.setOffset(ExtraInfoUtil.getQueueOffset(parts));
        header.setExtraInfo(handle);
        header.setInvisibleTime(invisible.toMillis());
        return cluster.api()
                .changeInvisibleTimeAsync(address, ExtraInfoUtil.getBrokerName(parts), header, cluster.timeout())
                .thenApply(result -> requireOk(result, "postponement").getExtraInfo());
    }

    /** What comes again is in a topic of the group's own. */
    private String realTopic(String[] handle) {
        return ExtraInfoUtil.getRealTopic(
                handle, cluster.named(subscription.topic()), cluster.named(subscription.group()));
    }

    private static AckResult requireOk(AckResult result, String what) {
        if (result.getStatus() != AckStatus.OK) {
            throw new IllegalStateException("the broker refused the " + what + ": the time of the delivery is over");
        }
        return result;
    }
}
