package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.load.Keys;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** When each message was committed and when it arrived, first time. Safe for use by any thread. */
public final class Latencies {

    private final AtomicLongArray committed;
    private final AtomicLongArray arrived;
    private final AtomicIntegerArray times;
    private final CountDownLatch missing;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** @param messages their numbers begin at 0 */
    public Latencies(int messages) {
        committed = new AtomicLongArray(messages);
        arrived = new AtomicLongArray(messages);
        times = new AtomicIntegerArray(messages);
        missing = new CountDownLatch(messages);
    }

    /** The database has committed, nobody has been told yet. */
    public void committed(int number) {
        committed.set(number, System.nanoTime());
    }

    public void arrived(int number) {
        if (times.getAndIncrement(number) == 0) {
            arrived.set(number, System.nanoTime());
            missing.countDown();
        }
    }

    /** A message will not arrive. */
    public void failed(Throwable reason) {
        failure.compareAndSet(null, reason);
    }

    /** @throws IllegalStateException when a message does not arrive within the time */
    public void await(Duration timeout) throws InterruptedException {
        if (!missing.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException(
                    missing.getCount() + " of " + times.length() + " messages did not arrive within " + timeout,
                    failure.get());
        }
    }

    /**
     * Call it when all have arrived, and none can arrive any more.
     *
     * @param ordered whether the messages of a key must have arrived in the order in which they were committed
     * @throws IllegalStateException when a message arrived twice, or before an earlier one of its key
     */
    public void verify(boolean ordered) {
        for (int i = 0; i < times.length(); i++) {
            if (times.get(i) != 1) {
                throw new IllegalStateException("Message " + i + " arrived " + times.get(i) + " times");
            }
        }
        for (int key = 0; ordered && key < Keys.COUNT; key++) {
            verifyOrder(key);
        }
    }

    /** @return milliseconds that this share of the messages did not exceed */
    public double percentile(double share) {
        long[] nanos = new long[times.length()];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = arrived.get(i) - committed.get(i);
        }
        Arrays.sort(nanos);
        return nanos[(int) Math.min(nanos.length - 1, Math.ceil(share * nanos.length) - 1)] / 1e6;
    }

    private void verifyOrder(int key) {
        int[] asCommitted = IntStream.range(0, times.length())
                .filter(number -> Keys.indexOf(number) == key)
                .boxed()
                .sorted(Comparator.comparingLong(committed::get))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 1; i < asCommitted.length; i++) {
            if (arrived.get(asCommitted[i]) < arrived.get(asCommitted[i - 1])) {
                throw new IllegalStateException("Message " + asCommitted[i] + " arrived before message "
                        + asCommitted[i - 1] + ", which has the same key and was committed earlier");
            }
        }
    }
}
