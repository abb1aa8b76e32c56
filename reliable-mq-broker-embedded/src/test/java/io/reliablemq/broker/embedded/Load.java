package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.producer.Producer;

/** Sends from several threads whatever happens to the broker, and remembers what was acknowledged, and when last. */
final class Load implements AutoCloseable {

    private static final int SENDERS = 4;
    private static final long PAUSE_NANOS = 10_000_000;

    private final Producer producer;
    private final String topic;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicLong number = new AtomicLong();
    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicInteger refusedInARow = new AtomicInteger();
    private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    private volatile boolean closed;

    Load(Producer producer, String topic) {
        this.producer = producer;
        this.topic = topic;
        for (int i = 0; i < SENDERS; i++) {
            senders.execute(this::send);
        }
    }

    Set<String> acknowledged() {
        return acknowledged;
    }

    /** Waits until so many more were acknowledged. */
    void awaitMore(int messages) throws Exception {
        int wanted = acknowledged.size() + messages;
        Patience.until(wanted + " are acknowledged", () -> acknowledged.size() >= wanted);
    }

    /** Waits until so many sends have failed from now on and none has been acknowledged between them. */
    void awaitRefusals(int sends) throws Exception {
        refusedInARow.set(0);
        Patience.until(sends + " sends in a row are refused", () -> refusedInARow.get() >= sends);
    }

    /** No send that begins later has a lower number. */
    long lastBegun() {
        return number.get();
    }

    /** What was acknowledged of sends that had not begun then. */
    List<String> acknowledgedAfter(long last) {
        return acknowledged.stream()
                .filter(text -> Long.parseLong(text.substring(1)) > last)
                .toList();
    }

    /** The longest time without an acknowledgement since the last call. */
    Duration longestGap() {
        return Duration.ofNanos(longestNanos.getAndSet(0));
    }

    private void send() {
        while (!closed) {
            // not so many that receiving them takes longer than all else
            LockSupport.parkNanos(PAUSE_NANOS);
            String text = "m" + number.incrementAndGet();
            try {
                producer.send(Client.message(topic, text));
                acknowledged.add(text);
                refusedInARow.set(0);
                long now = System.nanoTime();
                longestNanos.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
            } catch (ClientException | RuntimeException e) {
                // its fate is unknown, or it was refused
                refusedInARow.incrementAndGet();
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        senders.shutdown();
        if (!senders.awaitTermination(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("A send goes on");
        }
    }
}
