package io.reliablemq.benchmarks.consume;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Counts what the broker has confirmed as acknowledged. */
public final class Acknowledged implements MessageReceiverFactory {

    private static final long TIMEOUT_SECONDS = 300;

    private final MessageReceiverFactory target;
    private final CountDownLatch missing;

    /** @param messages how many there will be */
    public Acknowledged(MessageReceiverFactory target, int messages) {
        this.target = target;
        this.missing = new CountDownLatch(messages);
    }

    /** @throws IllegalStateException when some are missing after five minutes */
    public void await() throws InterruptedException {
        if (!missing.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(missing.getCount() + " messages were not acknowledged");
        }
    }

    @Override
    public MessageReceiver open(Subscription subscription) {
        MessageReceiver receiver = target.open(subscription);
        return new MessageReceiver() {
            @Override
            public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
                return receiver.receive(max, invisible);
            }

            @Override
            public CompletionStage<Void> acknowledge(ReceivedMessage message) {
                return receiver.acknowledge(message).thenAccept(done -> missing.countDown());
            }

            @Override
            public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
                return receiver.postpone(message, invisible);
            }

            @Override
            public void close() {
                receiver.close();
            }
        };
    }
}
