package io.reliablemq.benchmarks.load;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The no-op sender of one repetition. Counts how often each message came and, for an ordered workload, whether each key's
 * messages came in their order; acknowledges as its {@link Answers} say.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class Deliveries {

    private final AtomicIntegerArray times;
    private final AtomicIntegerArray lastOfKey = new AtomicIntegerArray(Keys.COUNT);
    private final boolean ordered;
    private final Answers answers;
    private final AtomicLong firstNanos = new AtomicLong();
    private final AtomicInteger overtaken = new AtomicInteger();
    private final AtomicInteger distinct = new AtomicInteger();
    private final CountDownLatch all = new CountDownLatch(1);

    /** @param rows messages 0 to rows - 1 are expected, each once */
    public Deliveries(int rows, boolean ordered, Answers answers) {
        this.times = new AtomicIntegerArray(rows);
        this.ordered = ordered;
        this.answers = answers;
    }

    /** @return completed when the broker would have acknowledged the message */
    public CompletionStage<Void> send(int sequence) {
        if (firstNanos.get() == 0) {
            firstNanos.compareAndSet(0, System.nanoTime());
        }
        if (ordered && lastOfKey.getAndSet(Keys.indexOf(sequence), sequence + 1) > sequence) {
            overtaken.incrementAndGet();
        }
        if (times.getAndIncrement(sequence) == 0 && distinct.incrementAndGet() == times.length()) {
            all.countDown();
        }
        return answers.next();
    }

    /** When the first message came, by {@link System#nanoTime()}. */
    public long firstNanos() {
        return firstNanos.get();
    }

    /** @throws IllegalStateException when messages are missing after the time */
    public void awaitAll(long timeout, TimeUnit unit) throws InterruptedException {
        if (!all.await(timeout, unit)) {
            throw new IllegalStateException("After " + timeout + " " + unit + " only " + distinct.get() + " of "
                    + times.length() + " messages were sent");
        }
    }

    /** @throws IllegalStateException when a message was lost, sent twice, or overtook another one of its key */
    public void verify() {
        int lost = 0;
        int twice = 0;
        for (int i = 0; i < times.length(); i++) {
            lost += times.get(i) == 0 ? 1 : 0;
            twice += times.get(i) > 1 ? 1 : 0;
        }
        if (lost + twice + overtaken.get() > 0) {
            throw new IllegalStateException("Of " + times.length() + " messages " + lost + " were lost, " + twice
                    + " were sent more than once, " + overtaken.get() + " came after a later one of their key");
        }
    }
}
