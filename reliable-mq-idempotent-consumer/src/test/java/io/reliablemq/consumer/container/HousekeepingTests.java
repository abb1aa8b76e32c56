package io.reliablemq.consumer.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.ListenerStatus;
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
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.StopSignal;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When old records are deleted, by a purge that takes its time. */
class HousekeepingTests {

    private static final int BATCH = 10;

    private final SlowPurge purge = new SlowPurge();
    private ListenerContainers containers = containers(Duration.ofMillis(50));

    private ListenerContainers containers(Duration purgeInterval) {
        return new ListenerContainers(
                new Nobody(),
                purge,
                settings(purgeInterval),
                ListenerObserver.NONE,
                new ListenerContainers.Extras(true, Duration.ZERO, endpoint -> {}, UnaryOperator.identity()));
    }

    private static ConsumerSettings settings(Duration purgeInterval) {
        ConsumerSettings defaults = ConsumerSettings.defaults();
        return new ConsumerSettings(
                1,
                1,
                false,
                false,
                defaults.invisible(),
                defaults.shutdownTimeout(),
                defaults.dedupWindow(),
                defaults.skewMargin(),
                RetryPolicy.defaults(),
                100,
                defaults.outage(),
                purgeInterval,
                BATCH,
                defaults.missingKey(),
                List.of());
    }

    private void start() {
        containers.register(new ListenerEndpoint(
                "listener",
                "test",
                new Subscription("orders", "group", "*", false, false),
                new ListenerPolicy(1, 1, false, false, Duration.ofDays(7), RetryPolicy.defaults(), List.of()),
                message -> {
                    throw new IllegalStateException("nothing is received");
                }));
        containers.start();
    }

    @AfterEach
    void stop() {
        containers.stop();
    }

    @Test
    void restsFourTimesAsLongAsEachBatchHasTaken() {
        purge.old = 4 * BATCH + 3;
        start();

        await().until(() -> purge.old == 0);
        List<Run> runs = List.copyOf(purge.runs).subList(0, 5);
        assertThat(runs).extracting(Run::deleted).containsExactly(BATCH, BATCH, BATCH, BATCH, 3);
        for (int i = 1; i < runs.size(); i++) {
            Run before = runs.get(i - 1);
            assertThat(runs.get(i).begin() - before.end()).isGreaterThanOrEqualTo(4 * (before.end() - before.begin()));
        }
    }

    @Test
    void goesOnUntilNothingIsOldWithoutWaitingForTheNextRound() {
        Duration interval = Duration.ofSeconds(2);
        containers = containers(interval);
        purge.old = 4 * BATCH + 3;
        start();

        await().until(() -> purge.old == 0);
        List<Run> runs = List.copyOf(purge.runs);
        assertThat(runs.get(4).begin() - runs.get(0).begin()).isLessThan(4 * interval.toNanos());
    }

    @Test
    void comesBackAfterAFailure() {
        purge.failures = 2;
        purge.old = 1;
        start();

        await().until(() -> purge.old == 0);
    }

    @Test
    void comesBackAfterAnError() {
        purge.failures = 2;
        purge.error = true;
        purge.old = 1;
        start();

        await().until(() -> purge.old == 0);
    }

    /** What is drained into a group has its records there. */
    @Test
    void looksAtTheGroupsOfListenersOnly() {
        start();

        await().until(() -> purge.runs.size() > 3);
        assertThat(containers.list())
                .hasSize(2)
                .allMatch(listener ->
                        listener.state() == ListenerStatus.State.STOPPED); // as the listener does not start by itself
        assertThat(purge.runs).extracting(Run::group).containsOnly("group");
    }

    @Test
    void endsWithTheContainers() {
        start();
        await().until(() -> !purge.runs.isEmpty());

        containers.stop();
        int after = purge.runs.size() + 1; // one may be on its way
        await().during(Duration.ofMillis(300)).until(() -> purge.runs.size() <= after);
        containers.start();
        await().until(() -> purge.runs.size() > after);
    }

    private record Run(String group, int deleted, long begin, long end) {}

    private static final class SlowPurge implements MessageProcessor {

        private final Queue<Run> runs = new ConcurrentLinkedQueue<>();
        private volatile int old;
        private volatile int failures;
        private volatile boolean error;

        @Override
        public int purge(String group, Duration dedupWindow) {
            long begin = System.nanoTime();
            if (failures > 0) {
                failures--;
                if (error) {
                    throw new OutOfMemoryError("as a test");
                }
                throw new IllegalArgumentException("as a test");
            }
            int deleted = Math.min(old, BATCH);
            if (deleted > 0) {
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
            runs.add(new Run(group, deleted, begin, System.nanoTime()));
            old -= deleted;
            return deleted;
        }

        @Override
        public ProcessingOutcome process(ListenerEndpoint endpoint, ReceivedMessage message, StopSignal stop) {
            throw new IllegalStateException("nothing is received");
        }

        @Override
        public CoalescedOutcome processTogether(
                ListenerEndpoint endpoint, List<ReceivedMessage> messages, StopSignal stop) {
            throw new IllegalStateException("nothing is received");
        }

        @Override
        public void verify() {}
    }

    private static final class Nobody implements MessageReceiverFactory {

        @Override
        public MessageReceiver open(Subscription subscription) {
            throw new ReceiverUnavailableException("away", null);
        }

        @Override
        public Optional<Subscription> deadLetters(Subscription subscription) {
            return Optional.of(new Subscription("given-up", "group-given-up", "*", false, false));
        }
    }
}
