package io.reliablemq.reliability.mutant;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.context.annotation.Bean;

class AckFirst {

    @Bean
    MessageReceiverFactory receivers(RocketMqTransport connection) {
        MessageReceiverFactory receivers = connection.receivers();
        return subscription -> new Receiver(receivers.open(subscription));
    }

    private record Receiver(MessageReceiver receiver) implements MessageReceiver {

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            List<ReceivedMessage> received = receiver.receive(max, invisible);
            received.forEach(message ->
                    receiver.acknowledge(message).toCompletableFuture().join());
            return received;
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            return CompletableFuture.completedStage(message);
        }

        @Override
        public void close() {
            receiver.close();
        }
    }
}
