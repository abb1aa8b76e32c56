package io.reliablemq.broker.embedded.server;

import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.client.consumer.PopResult;
import org.apache.rocketmq.common.constant.ConsumeInitMode;
import org.apache.rocketmq.proxy.common.ProxyContext;
import org.apache.rocketmq.proxy.processor.DefaultMessagingProcessor;
import org.apache.rocketmq.proxy.processor.PopMessageResultFilter;
import org.apache.rocketmq.proxy.processor.QueueSelector;
import org.apache.rocketmq.proxy.service.ServiceManagerFactory;
import org.apache.rocketmq.remoting.protocol.heartbeat.SubscriptionData;

/**
 * The proxy's processor, with new consumer groups starting from the earliest message. The original hard-codes the latest,
 * and so skips what was sent before a group's first receive.
 */
final class EarliestFirstProcessor extends DefaultMessagingProcessor {

    EarliestFirstProcessor() {
        super(ServiceManagerFactory.createForClusterMode());
    }

    @Override
    public CompletableFuture<PopResult> popMessage(
            ProxyContext context,
            QueueSelector queueSelector,
            String consumerGroup,
            String topic,
            int maxMessages,
            long invisibleTime,
            long pollTime,
            int initMode,
            SubscriptionData subscription,
            boolean fifo,
            PopMessageResultFilter filter,
            String attemptId,
            long timeoutMillis) {
        return super.popMessage(
                context,
                queueSelector,
                consumerGroup,
                topic,
                maxMessages,
                invisibleTime,
                pollTime,
                ConsumeInitMode.MIN,
                subscription,
                fifo,
                filter,
                attemptId,
                timeoutMillis);
    }
}
