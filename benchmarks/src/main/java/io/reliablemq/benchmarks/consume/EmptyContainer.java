package io.reliablemq.benchmarks.consume;

import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.consumer.spi.CoalescedOutcome;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.StopSignal;
import io.reliablemq.consumer.spi.Subscription;
import java.util.List;

/** Our container, whose messages are done with at once: no handler, no database. */
public final class EmptyContainer implements Consumer {

    private final boolean ordered;

    public EmptyContainer(boolean ordered) {
        this.ordered = ordered;
    }

    @Override
    public String subject() {
        return ReliableMq.NAME;
    }

    @Override
    public String variant() {
        return "";
    }

    @Override
    public Running start(MessageReceiverFactory source, String topic, String group, int threads) {
        ConsumerSettings settings = ConsumerSettings.defaults();
        ListenerContainers containers = new ListenerContainers(source, new Nothing(), settings, ListenerObserver.NONE);
        containers.register(new ListenerEndpoint(
                group,
                "benchmark",
                new Subscription(topic, group, "*", false, ordered),
                new ListenerPolicy(threads, 1, true, false, settings.dedupWindow(), settings.retry(), List.of()),
                message -> {
                    throw new IllegalStateException("No message is handled");
                }));
        containers.start();
        return containers::stop;
    }

    private static final class Nothing implements MessageProcessor {

        @Override
        public ProcessingOutcome process(ListenerEndpoint endpoint, ReceivedMessage message, StopSignal stop) {
            return new ProcessingOutcome.Settled(ProcessingOutcome.Kind.PROCESSED);
        }

        @Override
        public CoalescedOutcome processTogether(
                ListenerEndpoint endpoint, List<ReceivedMessage> messages, StopSignal stop) {
            return new CoalescedOutcome.Committed();
        }

        @Override
        public void verify() {
            // there is nothing to verify
        }

        @Override
        public int purge(String group, java.time.Duration dedupWindow) {
            return 0;
        }
    }
}
