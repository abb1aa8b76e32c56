package io.reliablemq.test.spring;

import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.test.IsolatedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Creates the group of a listener before it subscribes, and tells what it receives and acknowledges. */
record WatchedReceivers(MessageReceiverFactory receivers, IsolatedBroker broker, Traffic traffic)
        implements MessageReceiverFactory {

    private static final String DEAD_LETTERS = "%DLQ%";

    @Override
    public void verify(Subscription subscription) {
        prepare(subscription);
        receivers.verify(translated(subscription));
    }

    @Override
    public MessageReceiver open(Subscription subscription) {
        prepare(subscription);
        return new Watched(receivers.open(translated(subscription)), subscription, traffic);
    }

    @Override
    public Optional<Subscription> deadLetters(Subscription subscription) {
        return receivers.deadLetters(subscription);
    }

    private void prepare(Subscription subscription) {
        broker.createGroup(
                new GroupDeclaration(subscription.group(), subscription.ordered(), GroupDeclaration.NEVER_DEAD_LETTER));
        traffic.subscribed(subscription);
    }

    private Subscription translated(Subscription subscription) {
        return new Subscription(
                topic(subscription.topic()),
                broker.nameOf(subscription.group()),
                subscription.filter(),
                subscription.sql(),
                subscription.ordered());
    }

    /** Where a broker puts what a group cannot handle is called after the group. */
    private String topic(String name) {
        return name.startsWith(DEAD_LETTERS)
                ? DEAD_LETTERS + broker.nameOf(name.substring(DEAD_LETTERS.length()))
                : broker.nameOf(name);
    }

    private record Watched(MessageReceiver receiver, Subscription subscription, Traffic traffic)
            implements MessageReceiver {

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            List<ReceivedMessage> received = receiver.receive(max, invisible).stream()
                    .map(message -> message.withTopic(subscription.topic()))
                    .toList();
            received.forEach(message -> traffic.received(subscription, message));
            return received;
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            return receiver.acknowledge(message).whenComplete((done, error) -> {
                if (error == null) {
                    traffic.acknowledged(subscription, message);
                }
            });
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            return receiver.postpone(message, invisible);
        }

        @Override
        public void close() {
            receiver.close();
            traffic.unsubscribed(subscription);
        }
    }
}
