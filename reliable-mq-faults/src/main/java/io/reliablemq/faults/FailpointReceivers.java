package io.reliablemq.faults;

import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Whose receivers come to failpoints when they receive, acknowledge and postpone. */
final class FailpointReceivers implements MessageReceiverFactory {

    private final MessageReceiverFactory receivers;
    private final Failpoints failpoints;

    FailpointReceivers(MessageReceiverFactory receivers, Failpoints failpoints) {
        this.receivers = receivers;
        this.failpoints = failpoints;
    }

    @Override
    public void verify(Subscription subscription) {
        receivers.verify(subscription);
    }

    @Override
    public MessageReceiver open(Subscription subscription) {
        return new Receiver(receivers.open(subscription));
    }

    @Override
    public Optional<Subscription> deadLetters(Subscription subscription) {
        return receivers.deadLetters(subscription);
    }

    private void pass(Failpoint point, ReceivedMessage message) {
        failpoints.pass(new Passage(point, message.topic(), message.payload()));
    }

    private <T> CompletionStage<T> around(
            ReceivedMessage message, Failpoint before, Supplier<CompletionStage<T>> work, Failpoint after) {
        try {
            pass(before, message);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return work.get().thenApply(result -> {
            pass(after, message);
            return result;
        });
    }

    private final class Receiver implements MessageReceiver {

        private final MessageReceiver receiver;

        Receiver(MessageReceiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            List<ReceivedMessage> received = receiver.receive(max, invisible);
            try {
                received.forEach(message -> pass(Failpoint.AFTER_RECEIVE, message));
            } catch (RuntimeException e) {
                throw new ReceiverUnavailableException(e.toString(), e);
            }
            return received;
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            return around(
                    message,
                    Failpoint.BEFORE_ACKNOWLEDGE,
                    () -> receiver.acknowledge(message),
                    Failpoint.AFTER_ACKNOWLEDGE);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            return around(
                    message,
                    Failpoint.BEFORE_POSTPONE,
                    () -> receiver.postpone(message, invisible),
                    Failpoint.AFTER_POSTPONE);
        }

        @Override
        public void close() {
            receiver.close();
        }
    }
}
