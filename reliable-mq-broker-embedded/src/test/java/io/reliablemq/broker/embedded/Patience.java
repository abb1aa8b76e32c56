package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** How long tests wait for what has to happen: no machine that works is as slow as that. */
final class Patience {

    static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("reliable-mq.patience.seconds", 300));

    private Patience() {}

    static void until(String what, Callable<Boolean> condition) throws Exception {
        long deadline = deadline();
        while (!condition.call()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("Not within " + LIMIT.toSeconds() + " s: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    static long deadline() {
        return System.nanoTime() + LIMIT.toNanos();
    }
}
