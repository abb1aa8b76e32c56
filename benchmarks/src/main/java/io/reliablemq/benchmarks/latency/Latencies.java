package io.reliablemq.benchmarks.latency;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/** When each message was committed and when its handler was called, first time. Safe for use by any thread. */
public final class Latencies {

    private final AtomicLongArray committed;
    private final AtomicLongArray handled;
    private final AtomicIntegerArray times;
    private final CountDownLatch missing;

    /** @param messages their numbers begin at 0 */
    public Latencies(int messages) {
        committed = new AtomicLongArray(messages);
        handled = new AtomicLongArray(messages);
        times = new AtomicIntegerArray(messages);
        missing = new CountDownLatch(messages);
    }

    /** The database has committed, nobody has been told yet. */
    public void committed(int sequence) {
        committed.set(sequence, System.nanoTime());
    }

    public void handled(int sequence) {
        if (times.getAndIncrement(sequence) == 0) {
            handled.set(sequence, System.nanoTime());
            missing.countDown();
        }
    }

    /** @throws IllegalStateException when a message does not come within a minute, or came twice */
    public void await() throws InterruptedException {
        boolean all = missing.await(1, TimeUnit.MINUTES);
        for (int i = 0; i < times.length(); i++) {
            if (!all || times.get(i) != 1) {
                throw new IllegalStateException("Message " + i + " was handled " + times.get(i) + " times, "
                        + missing.getCount() + " were not handled");
            }
        }
    }

    /** @return milliseconds that this share of the messages did not exceed */
    public double percentile(double share) {
        long[] nanos = new long[times.length()];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = handled.get(i) - committed.get(i);
        }
        Arrays.sort(nanos);
        return nanos[(int) Math.min(nanos.length - 1, Math.ceil(share * nanos.length) - 1)] / 1e6;
    }
}
