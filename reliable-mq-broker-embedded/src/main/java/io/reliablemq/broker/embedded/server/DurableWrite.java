package io.reliablemq.broker.embedded.server;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExtBrokerInner;
import org.apache.rocketmq.common.topic.TopicValidator;
import org.apache.rocketmq.store.PutMessageStatus;

/**
 * Proves that the broker takes messages: stores one in RocketMQ's self-test topic on every copy. It also makes the first
 * file of a new store, which would otherwise cost the application's first send.
 */
final class DurableWrite {

    private static final Duration SUCCEED_WITHIN = Duration.ofSeconds(60);

    private final BrokerNode master;

    DurableWrite(BrokerNode master) {
        this.master = master;
    }

    void awaitSuccess() {
        Await.until("a first durable write on every copy", SUCCEED_WITHIN, this::isStored);
    }

    private boolean isStored() {
        return master.store().putMessage(message()).getPutMessageStatus() == PutMessageStatus.PUT_OK;
    }

    private MessageExtBrokerInner message() {
        InetSocketAddress host = Ports.socketAddress(0);
        MessageExtBrokerInner message = new MessageExtBrokerInner();
        message.setTopic(TopicValidator.RMQ_SYS_SELF_TEST_TOPIC);
        message.setQueueId(0);
        message.setBody("started".getBytes(StandardCharsets.UTF_8));
        message.setBornTimestamp(System.currentTimeMillis());
        message.setBornHost(host);
        message.setStoreHost(host);
        message.setWaitStoreMsgOK(true);
        message.setPropertiesString(MessageDecoder.messageProperties2String(message.getProperties()));
        return message;
    }
}
