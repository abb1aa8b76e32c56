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

    /**
     * @param sent different messages
     * @param twice of these, sent more than once
     * @param overtaken came after a later one of their key
     */
    public record Tally(int sent, int twice, int overtaken) {}

    /** How many different messages have come until now. */
    public int sent() {
        return distinct.get();
    }

    /** What has come until now. */
    public Tally tally() {
        int twice = 0;
        for (int i = 0; i < times.length(); i++) {
            twice += times.get(i) > 1 ? 1 : 0;
        }
        return new Tally(distinct.get(), twice, overtaken.get());
    }

    /** @throws IllegalStateException when a message was lost, sent twice, or overtook another one of its key */
    public void verify() {
        verify(tally(), times.length());
    }

    /** The same for what several have sent together. */
    public static void verify(Tally all, int expected) {
        if (all.sent() != expected || all.twice() + all.overtaken() > 0) {
            throw new IllegalStateException("Of " + expected + " messages " + all.sent() + " were sent, " + all.twice()
                    + " of them more than once, " + all.overtaken() + " came after a later one of their key");
        }
    }
}
