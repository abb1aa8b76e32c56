package io.reliablemq.benchmarks.broker;

import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;

/**
 * RocketMQ's classic client as it is mostly used: it pulls, and commits an offset for each queue. It cannot acknowledge one message, which
 * is why ours does not use it.
 */
public final class RawPull {

    private static final long TIMEOUT_SECONDS = 300;
    private static final long POLL_MILLIS = 100;

    private final BenchmarkBroker broker;
    private final String group;
    private final boolean ordered;

    public RawPull(BenchmarkBroker broker, String group, boolean ordered) {
        this.broker = broker;
        this.group = group;
        this.ordered = ordered;
    }

    /** @return messages per second, from when it is given its queues until the last offset is committed */
    public double rate(int messages) throws MQClientException {
        DefaultLitePullConsumer consumer = started();
        try {
            long start = System.nanoTime();
            consumer.assign(consumer.fetchMessageQueues(BenchmarkBroker.receiveTopic(ordered)));
            int received = 0;
            while (received < messages) {
                received += consumer.poll(POLL_MILLIS).size();
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS)) {
                    throw new IllegalStateException(received + " of " + messages + " messages were pulled");
                }
            }
            consumer.commit();
            return messages * 1e9 / (System.nanoTime() - start);
        } finally {
            consumer.shutdown();
        }
    }

    private DefaultLitePullConsumer started() throws MQClientException {
        DefaultLitePullConsumer consumer = new DefaultLitePullConsumer(group);
        consumer.setNamesrvAddr(broker.nameServer());
        consumer.setInstanceName(group);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setAutoCommit(false);
        consumer.start();
        return consumer;
    }
}
