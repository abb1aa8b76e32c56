package io.reliablemq.benchmarks.subject;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts deleted rows up to an expected number. */
final class RowCount {

    private static final long TIMEOUT_SECONDS = 600;

    private final AtomicLong remaining;
    private final CountDownLatch done = new CountDownLatch(1);

    RowCount(long expected) {
        remaining = new AtomicLong(expected);
    }

    void add(int rows) {
        if (remaining.addAndGet(-rows) <= 0) {
            done.countDown();
        }
    }

    void await() throws InterruptedException {
        if (!done.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    remaining.get() + " rows were not deleted within " + TIMEOUT_SECONDS + " seconds");
        }
    }
}
