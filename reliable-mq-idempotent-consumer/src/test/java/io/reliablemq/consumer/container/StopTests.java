package io.reliablemq.consumer.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.CoalescedOutcome;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.StopSignal;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a container whose broker or handler does not play along. */
@Timeout(60)
class StopTests {

    private static final ListenerEndpoint ENDPOINT = new ListenerEndpoint(
            "listener",
            "test",
            new Subscription("orders", "group", "*", false, true),
            new ListenerPolicy(1, 1, true, false, Duration.ofDays(7), RetryPolicy.defaults(), List.of()),
            message -> {
                throw new IllegalStateException("the processor does not ask for it");
            });

    private final SilentBroker broker = new SilentBroker();
    private final Stubborn processor = new Stubborn();
    private final ListenerContainer container =
            new ListenerContainer(ENDPOINT, new ContainerParts(broker, processor, settings(), ListenerObserver.NONE));

    @AfterEach
    void stop() {
        processor.goOn.countDown();
        container.stop();
    }

    private static ConsumerSettings settings() {
        ConsumerSettings defaults = ConsumerSettings.defaults();
        return new ConsumerSettings(
                1,
                1,
                false,
                true,
                defaults.invisible(),
                Duration.ofMillis(100),
                defaults.dedupWindow(),
                defaults.skewMargin(),
                defaults.retry(),
                defaults.maxUncountedDeliveries(),
                defaults.outage(),
                defaults.purgeInterval(),
                defaults.purgeBatch(),
                defaults.missingKey(),
                List.of());
    }

    @Test
    void aReceiveThatTheBrokerNeverAnswersIsInterrupted() {
        container.start();
        await().until(() -> broker.receives.get() > 0);
        container.stop();
        assertThat(broker.interrupted).isDone();
        assertThat(broker.closed).isDone();
    }

    @Test
    void whatWaitsBehindAHandlerThatDoesNotEndIsHandedBack() {
        broker.messages.add(Messages.message("m1", "m1"));
        broker.messages.add(Messages.message("m2", "m2"));
        container.start();
        await().until(() -> processor.processed.get() > 0);
        container.stop();
        assertThat(broker.postponed).containsExactlyInAnyOrder("m1", "m2");
        assertThat(processor.processed).hasValue(1);
    }

    @Test
    void whatWaitsBehindAHandlerThatEndsWhenItIsInterruptedIsHandedBack() {
        processor.heedsInterrupts = true;
        broker.messages.add(Messages.message("m1", "m1"));
        broker.messages.add(Messages.message("m2", "m2"));
        container.start();
        await().until(() -> processor.processed.get() > 0);
        container.stop();
        assertThat(broker.postponed).containsExactly("m2");
        assertThat(processor.processed).hasValue(1);
        assertThat(processor.stop.isGiven()).isTrue();
    }

    @Test
    void anInterruptThatAHandlerLeavesBehindIsNoStopAndNotTheNextMessages() {
        processor.goOn.countDown();
        processor.leavesAnInterrupt = true;
        broker.messages.add(Messages.ordered("a1", "a"));
        broker.messages.add(Messages.ordered("a2", "a"));
        container.start();
        await().until(() -> processor.processed.get() == 2);
        assertThat(processor.interrupted).hasValue(0);
        assertThat(processor.stop.isGiven()).isFalse();
    }

    @Test
    void isNotStartedAnyMoreWhenItWasRemoved() {
        container.start();
        await().until(() -> broker.receives.get() > 0);
        container.remove();
        int receives = broker.receives.get();
        container.start();
        assertThat(container.status().state()).isEqualTo(ListenerStatus.State.STOPPED);
        assertThat(broker.receives).hasValue(receives);
    }

    /** Gives all that it has at once, then never answers. */
    private static final class SilentBroker implements MessageReceiverFactory, MessageReceiver {

        private final Queue<ReceivedMessage> messages = new ConcurrentLinkedQueue<>();
        private final Queue<String> postponed = new ConcurrentLinkedQueue<>();
        private final AtomicInteger receives = new AtomicInteger();
        private final CompletableFuture<Void> interrupted = new CompletableFuture<>();
        private final CompletableFuture<Void> closed = new CompletableFuture<>();

        @Override
        public MessageReceiver open(Subscription subscription) {
            return this;
        }

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            receives.incrementAndGet();
            List<ReceivedMessage> all = List.copyOf(messages);
            messages.clear();
            if (all.isEmpty()) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.complete(null);
                    throw e;
                }
            }
            return all;
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration delay) {
            postponed.add(message.id());
            return CompletableFuture.completedStage(message);
        }

        @Override
        public void close() {
            closed.complete(null);
        }
    }

    /** Its handler does not end by itself. */
    private static final class Stubborn implements MessageProcessor {

        private final AtomicInteger processed = new AtomicInteger();
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final AtomicInteger interrupted = new AtomicInteger();
        private volatile boolean heedsInterrupts;
        private volatile boolean leavesAnInterrupt;
        private volatile StopSignal stop = StopSignal.NONE;

        @Override
        public ProcessingOutcome process(ListenerEndpoint endpoint, ReceivedMessage message, StopSignal stop) {
            this.stop = stop;
            if (Thread.currentThread().isInterrupted()) {
                interrupted.incrementAndGet();
            }
            processed.incrementAndGet();
            if (leavesAnInterrupt) {
                Thread.currentThread().interrupt();
            }
            while (goOn.getCount() > 0) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    if (heedsInterrupts) {
                        goOn.countDown();
                    }
                }
            }
            return new ProcessingOutcome.Settled(ProcessingOutcome.Kind.PROCESSED);
        }

        @Override
        public CoalescedOutcome processTogether(
                ListenerEndpoint endpoint, List<ReceivedMessage> messages, StopSignal stop) {
            throw new IllegalStateException("nothing is coalesced");
        }

        @Override
        public void verify() {
            // the database is there
        }

        @Override
        public int purge(String group, Duration dedupWindow) {
            return 0;
        }
    }
}
