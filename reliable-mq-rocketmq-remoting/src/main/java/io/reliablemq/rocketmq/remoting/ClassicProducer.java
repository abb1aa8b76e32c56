package io.reliablemq.rocketmq.remoting;

import io.reliablemq.rocketmq.wire.BoundedClose;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.jspecify.annotations.Nullable;

/** The one {@code DefaultMQProducer} of a connection, started at the first send; contacts nobody by itself. */
final class ClassicProducer {

    private static final String GROUP = "reliable-mq";
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final RemotingSettings settings;
    private @Nullable DefaultMQProducer producer;

    ClassicProducer(RemotingSettings settings) {
        this.settings = settings;
    }

    /** @param answer called once, by any thread, unless the client fails to call back */
    void send(Batch batch, Consumer<Answer> answer) {
        try {
            send(started(), batch, new Callback(answer));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.accept(RemotingFailures.answerOf(e));
        } catch (Exception | LinkageError e) {
            answer.accept(RemotingFailures.answerOf(e));
        }
    }

    private void send(DefaultMQProducer client, Batch batch, SendCallback callback) throws Exception {
        List<Message> messages = batch.messages();
        long timeout = settings.requestTimeout().toMillis();
        if (batch.size() == 1 && batch.queue == null) {
            client.send(messages.get(0), callback, timeout);
        } else if (batch.size() == 1) {
            client.send(messages.get(0), batch.queue, callback, timeout);
        } else if (batch.queue == null) {
            client.send(messages, callback, timeout);
        } else {
            client.send(messages, batch.queue, callback, timeout);
        }
    }

    private DefaultMQProducer started() throws MQClientException {
        DefaultMQProducer client = producer;
        if (client == null) {
            client = configured();
            client.start();
            producer = client;
        }
        return client;
    }

    DefaultMQProducer configured() {
        DefaultMQProducer client = new DefaultMQProducer(GROUP, Credentials.hook(settings));
        client.setNamesrvAddr(settings.nameServer());
        client.setInstanceName(GROUP + "-" + UUID.randomUUID());
        client.setUseTLS(settings.tls());
        client.setVipChannelEnabled(false);
        client.setPollNameServerInterval((int) settings.routeRefresh().toMillis());
        client.setSendMsgTimeout((int) settings.requestTimeout().toMillis());
        client.setSendLatencyFaultEnable(settings.latencyFault());
        // the relay sends again; a refusal after an attempt without an answer would not say that nothing is stored,
        // and what is sent again to another broker would leave its order
        client.setRetryTimesWhenSendFailed(0);
        client.setRetryTimesWhenSendAsyncFailed(0);
        client.setRetryAnotherBrokerWhenNotStoreOK(false);
        // consumers in other languages and filters see the body as it is; the outbox compresses by itself
        client.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
        return client;
    }

    void close() {
        DefaultMQProducer last = producer;
        producer = null;
        if (last != null) {
            BoundedClose.within(CLOSE_WITHIN, "producer", last::shutdown);
        }
    }

    private record Callback(Consumer<Answer> answer) implements SendCallback {

        @Override
        public void onSuccess(SendResult result) {
            answer.accept(RemotingFailures.answerOf(result));
        }

        @Override
        public void onException(Throwable failure) {
            answer.accept(RemotingFailures.answerOf(failure));
        }
    }
}
