package io.reliablemq.reliability.mutant;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;

/** Listeners that are away for long, which is no mistake: what they have missed has to be there when they are back. */
class FarBehind {

    /** Effects of each process, so that the run sees that messages flow. */
    private static final int FIRST = 100;

    private final AtomicInteger received = new AtomicInteger();

    @Bean
    MessageReceiverFactory receivers(RocketMqTransport connection, @Value("${worker.load}") Path load) {
        MessageReceiverFactory receivers = connection.receivers();
        return subscription -> new Receiver(receivers.open(subscription), load, received);
    }

    private record Receiver(MessageReceiver receiver, Path load, AtomicInteger received) implements MessageReceiver {

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            while (received.get() > FIRST && Files.exists(load)) {
                Thread.sleep(200);
            }
            List<ReceivedMessage> messages = receiver.receive(max, invisible);
            received.addAndGet(messages.size());
            return messages;
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            return receiver.acknowledge(message);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            return receiver.postpone(message, invisible);
        }

        @Override
        public void close() {
            receiver.close();
        }
    }
}
