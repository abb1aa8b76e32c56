package io.reliablemq.autoconfigure;

import io.reliablemq.rocketmq.remoting.BatchSettings;
import io.reliablemq.rocketmq.remoting.QueueChange;
import io.reliablemq.rocketmq.remoting.RemotingSettings;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What only the client remoting has.
 *
 * @param batch How messages are put together. Nothing waits for a batch to fill.
 * @param routeRefresh How often the name servers are asked where a topic is. As long a failover may go unnoticed.
 * @param queueChange What becomes of an ordering key whose queue cannot be written: strict waits until it can, available moves the key to
 *     another queue, where consumers may see it before what is left in the old one.
 * @param latencyFault Whether unordered messages avoid a broker that was slow or failed, for a while.
 */
@ConfigurationProperties("reliable-mq.rocketmq.remoting")
record RemotingProperties(
        @DefaultValue Batch batch,
        @DefaultValue("5s") Duration routeRefresh,
        @DefaultValue("strict") QueueChange queueChange,
        @DefaultValue("false") boolean latencyFault) {

    /**
     * Batches of one topic.
     *
     * @param maxMessages Messages in one batch; 1 for no batches.
     * @param maxBytes Size of one batch. Brokers refuse more than their maxMessageSize.
     * @param inFlight Batches of one topic without an answer at a time; of one queue, where messages are ordered, it is always one.
     */
    record Batch(
            @DefaultValue("256") int maxMessages,
            @DefaultValue("1MB") DataSize maxBytes,
            @DefaultValue("4") int inFlight) {}

    /** @throws IllegalArgumentException for values that cannot be, naming the property */
    RemotingSettings settings(RocketMqConnectionDetails details, RocketMqProperties rocketMq, Duration maxDelay) {
        return new RemotingSettings(
                Objects.requireNonNull(details.nameServer()),
                rocketMq.namespace(),
                details.accessKey(),
                details.secretKey(),
                rocketMq.tls(),
                rocketMq.requestTimeout(),
                rocketMq.awaitDuration(),
                maxDelay,
                routeRefresh,
                new BatchSettings(
                        batch.maxMessages(),
                        (int) Math.min(batch.maxBytes().toBytes(), Integer.MAX_VALUE),
                        batch.inFlight()),
                queueChange,
                latencyFault);
    }
}
