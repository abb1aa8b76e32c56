package io.reliablemq.consumer.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.CoalescedOutcome;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxUnavailableException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A poll thread that meets what nobody expects: it goes on, and says what it is doing. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class PollLoopTests {

    private static final RetryPolicy AT_ONCE = new RetryPolicy(1, Duration.ofMillis(5), 1, Duration.ofMillis(5));

    private static final ListenerEndpoint ENDPOINT = new ListenerEndpoint(
            "listener",
            "test",
            new Subscription("orders", "group", "*", false, true),
            new ListenerPolicy(1, 1, true, false, Duration.ofDays(7), RetryPolicy.defaults(), List.of()),
            message -> {
                throw new IllegalStateException("the processor does not ask for it");
            });

    private final Broker broker = new Broker();
    private final Database database = new Database();
    private final Machine machine = new Machine();
    private final ListenerContainer container = new ListenerContainer(
            ENDPOINT, new ContainerParts(broker, database, settings(), ListenerObserver.NONE, machine));

    @AfterEach
    void stop() {
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
                Duration.ofSeconds(5),
                defaults.dedupWindow(),
                defaults.skewMargin(),
                defaults.retry(),
                defaults.maxUncountedDeliveries(),
                AT_ONCE,
                defaults.purgeInterval(),
                defaults.purgeBatch(),
                defaults.missingKey(),
                List.of());
    }

    @Test
    void aProbeIsTriedAgainWhateverItFailsWith() {
        broker.publish("m1");
        database.away = true;
        container.start();
        await().until(() -> database.probes.get() > 1);

        database.failure = new InboxContentionException("another transaction is in the way", null);
        probedTwiceMore();
        database.failure = new IllegalStateException("nobody has thought of this one");
        probedTwiceMore();
        assertThat(container.status().state()).isEqualTo(ListenerStatus.State.PAUSED_INFRASTRUCTURE);

        database.away = false;
        await().until(() -> database.processed.contains("m1"));
        await().until(() -> container.status().state() == ListenerStatus.State.RUNNING);
    }

    private void probedTwiceMore() {
        int before = database.probes.get();
        await().until(() -> database.probes.get() > before + 2);
    }

    @Test
    void aTransactionThatIsInTheWayAtTheStartIsWaitedFor() {
        broker.publish("m1");
        database.away = true;
        database.failure = new InboxContentionException("another transaction is in the way", null);

        container.start();
        await().until(() -> database.probes.get() > 2);
        assertThat(container.status().state()).isEqualTo(ListenerStatus.State.PAUSED_INFRASTRUCTURE);

        database.away = false;
        await().until(() -> database.processed.contains("m1"));
    }

    @Test
    void goesOnAfterAnErrorAndIsNotUpMeanwhile(CapturedOutput output) {
        broker.broken = true;
        container.start();
        await().until(() -> container.status().state() == ListenerStatus.State.WAITING_FOR_BROKER);
        assertThat(container.status().reason()).contains("OutOfMemoryError: as a test");
        int before = broker.receives.get();
        await().until(() -> broker.receives.get() > before + 2);
        assertThat(container.status().state()).isEqualTo(ListenerStatus.State.WAITING_FOR_BROKER);
        assertThat(output.getOut())
                .containsPattern("ERROR .*" + ENDPOINT.id() + ".* could not go on")
                .contains("look at the memory of this process");

        broker.publish("m1");
        broker.broken = false;
        await().until(() -> database.processed.contains("m1"));
        await().until(() -> container.status().state() == ListenerStatus.State.RUNNING);
    }

    /** More often than there are places: none may be lost. */
    @Test
    void handsBackInOrderWhatNoThreadCanBeMadeFor() {
        List<String> messages = List.of("a1", "a2", "a3", "b1", "b2");
        messages.forEach(broker::publish);
        machine.threads = 0;
        container.start();
        await().until(() -> broker.postponed.size() > 100);
        List<String> first = List.copyOf(broker.postponed).subList(0, messages.size());
        assertThat(first).containsExactly("a1 for PT0S", "a2 for PT0S", "a3 for PT0S", "b1 for PT0S", "b2 for PT0S");
        await().until(() -> container.status().state() == ListenerStatus.State.WAITING_FOR_BROKER);
        assertThat(database.processed).isEmpty();

        machine.threads = Integer.MAX_VALUE;
        await().until(() -> database.processed.size() == messages.size());
        assertThat(database.processed).containsExactlyElementsOf(messages);
        await().until(() -> container.status().state() == ListenerStatus.State.RUNNING);
    }

    @Test
    void leavesToAWorkerWhatItWasGivenBeforeTheError() {
        List.of("a1", "a2", "b1").forEach(broker::publish);
        machine.threads = 1;
        container.start();
        await().until(() -> broker.postponed.contains("b1 for PT0S"));
        await().until(() -> database.processed.size() >= 2);
        assertThat(database.processed).containsExactly("a1", "a2");
        assertThat(broker.postponed).doesNotContain("a1 for PT0S", "a2 for PT0S");

        machine.threads = Integer.MAX_VALUE;
        await().until(() -> database.processed.contains("b1"));
        assertThat(database.processed).containsExactly("a1", "a2", "b1");
    }

    /** Of one thread; another one can be made for so many tasks only. */
    private static final class Machine implements Circumstances {

        private volatile int threads = Integer.MAX_VALUE;

        @Override
        public ExecutorService workers(int atOnce, ThreadFactory factory) {
            return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory) {
                @Override
                public void execute(Runnable task) {
                    if (threads <= 0) {
                        throw new OutOfMemoryError("unable to create native thread, as a test");
                    }
                    threads--;
                    super.execute(task);
                }
            };
        }
    }

    /** Gives all that it has at once; what is postponed for no time comes again behind the rest. */
    private static final class Broker implements MessageReceiverFactory, MessageReceiver {

        private final Queue<ReceivedMessage> messages = new ConcurrentLinkedQueue<>();
        private final Queue<String> postponed = new ConcurrentLinkedQueue<>();
        private final AtomicInteger receives = new AtomicInteger();
        private volatile boolean broken;

        void publish(String id) {
            messages.add(Messages.ordered(id, id.substring(0, 1)));
        }

        @Override
        public MessageReceiver open(Subscription subscription) {
            return this;
        }

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            receives.incrementAndGet();
            if (broken) {
                throw new OutOfMemoryError("as a test");
            }
            List<ReceivedMessage> received = new ArrayList<>();
            while (received.size() < max && !messages.isEmpty()) {
                received.add(messages.remove());
            }
            if (received.isEmpty()) {
                Thread.sleep(1);
            }
            return received;
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration delay) {
            postponed.add(message.id() + " for " + delay);
            messages.add(message);
            return CompletableFuture.completedStage(message);
        }

        @Override
        public void close() {
            // another receive is answered all the same
        }
    }

    private static final class Database implements MessageProcessor {

        private final Queue<String> processed = new ConcurrentLinkedQueue<>();
        private final AtomicInteger probes = new AtomicInteger();
        private volatile boolean away;
        private volatile RuntimeException failure = new InboxUnavailableException("away", null);

        @Override
        public ProcessingOutcome process(ListenerEndpoint endpoint, ReceivedMessage message, StopSignal stop) {
            if (away) {
                return new ProcessingOutcome.InfrastructureFailed(failure);
            }
            processed.add(message.id());
            return new ProcessingOutcome.Settled(ProcessingOutcome.Kind.PROCESSED);
        }

        @Override
        public CoalescedOutcome processTogether(
                ListenerEndpoint endpoint, List<ReceivedMessage> messages, StopSignal stop) {
            throw new IllegalStateException("nothing is coalesced");
        }

        @Override
        public void verify() {
            probes.incrementAndGet();
            if (away) {
                throw failure;
            }
        }

        @Override
        public int purge(String group, Duration dedupWindow) {
            return 0;
        }
    }
}
