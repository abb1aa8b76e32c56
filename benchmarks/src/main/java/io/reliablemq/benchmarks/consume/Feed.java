package io.reliablemq.benchmarks.consume;

import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * A broker in memory, with as many messages as it is told to have, that takes no time. What is postponed comes again at once.
 * <b>Thread</b>: any.
 */
public final class Feed implements MessageReceiverFactory {

    public static final String TOPIC = "benchmark";
    public static final String GROUP = "benchmark";

    private static final long SOME_TIME = 0x0199_a000_0000_7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long WAIT_NANOS = Duration.ofMillis(50).toNanos();
    private static final long TIMEOUT_NANOS = Duration.ofMinutes(1).toNanos();

    private final Deque<ReceivedMessage> again = new ArrayDeque<>();
    private final IntConsumer onAcknowledged;
    private long available;
    private int next;
    private int acknowledged;

    /**
     * @param first number of the first message
     * @param onAcknowledged told the number of each message, by any thread
     */
    public Feed(int first, IntConsumer onAcknowledged) {
        this.next = first;
        this.acknowledged = first;
        this.onAcknowledged = onAcknowledged;
    }

    public Feed() {
        this(0, number -> {});
    }

    /** One more message. */
    public synchronized void offer() {
        available++;
        notifyAll();
    }

    /** What was consumed, and how long that took. */
    public record Consumed(int messages, double seconds) {

        /** Both stretches of time. */
        public Consumed plus(Consumed other) {
            return new Consumed(messages + other.messages, seconds + other.seconds);
        }

        public double perSecond() {
            return messages / seconds;
        }
    }

    /**
     * Has messages without end for that long, and waits until those that were taken are acknowledged.
     *
     * @throws IllegalStateException when that takes longer than a minute
     */
    public Consumed flow(Duration time) throws InterruptedException {
        long start = System.nanoTime();
        int before;
        synchronized (this) {
            before = acknowledged;
            available = Integer.MAX_VALUE;
            notifyAll();
            waitUntil(() -> false, time.toNanos());
            available = 0;
        }
        awaitAcknowledged();
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Consumed(acknowledged() - before, seconds);
    }

    private synchronized int acknowledged() {
        return acknowledged;
    }

    /** Waits for what was taken, and for what is still available. */
    public synchronized void awaitAcknowledged() throws InterruptedException {
        if (!waitUntil(() -> available == 0 && acknowledged == next, TIMEOUT_NANOS)) {
            throw new IllegalStateException(
                    (next - acknowledged) + " of " + next + " messages were not acknowledged after a minute");
        }
    }

    private synchronized boolean waitUntil(BooleanSupplier condition, long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        while (!condition.getAsBoolean()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000 + 1);
        }
        return true;
    }

    @Override
    public MessageReceiver open(Subscription subscription) {
        return new Receiver();
    }

    private synchronized List<ReceivedMessage> take(int max) throws InterruptedException {
        waitUntil(() -> available > 0 || !again.isEmpty(), WAIT_NANOS);
        List<ReceivedMessage> taken = new ArrayList<>();
        while (taken.size() < max && !again.isEmpty()) {
            taken.add(again.remove());
        }
        while (taken.size() < max && available > 0) {
            available--;
            taken.add(message(next));
            next++;
        }
        return taken;
    }

    private static ReceivedMessage message(int number) {
        return new ReceivedMessage(
                new UUID(SOME_TIME, VARIANT | number).toString(),
                TOPIC,
                null,
                List.of(),
                null,
                "application/json",
                Payloads.bytesOf(number),
                Map.of(),
                System.currentTimeMillis(),
                0,
                1,
                number);
    }

    private synchronized void acknowledged(ReceivedMessage message) {
        acknowledged++;
        onAcknowledged.accept((int) message.handle());
        if (acknowledged == next) {
            notifyAll();
        }
    }

    private synchronized void again(ReceivedMessage message) {
        again.add(message);
    }

    private final class Receiver implements MessageReceiver {

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            return take(max);
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            acknowledged(message);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            again(message);
            return CompletableFuture.completedStage(message);
        }

        @Override
        public void close() {
            // what it gave out is acknowledged before
        }
    }
}
