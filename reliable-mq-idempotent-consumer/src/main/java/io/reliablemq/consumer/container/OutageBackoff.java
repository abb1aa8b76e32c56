package io.reliablemq.consumer.container;

import io.reliablemq.consumer.RetryPolicy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Growing pauses between probes, cut short by a stop. Used by the poll thread alone, apart from {@link #stop}. */
final class OutageBackoff {

    private final RetryPolicy policy;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private int failures;

    OutageBackoff(RetryPolicy policy) {
        this.policy = policy;
    }

    void reset() {
        failures = 0;
    }

    int failures() {
        return failures;
    }

    void pause() throws InterruptedException {
        failures++;
        boolean interrupted = stopped.await(policy.delayAfter(failures).toMillis(), TimeUnit.MILLISECONDS);
        if (interrupted) {
            reset();
        }
    }

    void stop() {
        stopped.countDown();
    }
}
