package io.reliablemq.reliability.mutant;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;

class DeafListener {

    @Bean
    MessageReceiverFactory receivers(RocketMqTransport connection, @Value("${worker.name}") String worker) {
        MessageReceiverFactory receivers = connection.receivers();
        return subscription ->
                worker.startsWith("consumer-1.") && subscription.group().equals("single")
                        ? new Receiver()
                        : receivers.open(subscription);
    }

    private static final class Receiver implements MessageReceiver {

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            Thread.sleep(1_000);
            return List.of();
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
            // nothing was opened
        }
    }
}
