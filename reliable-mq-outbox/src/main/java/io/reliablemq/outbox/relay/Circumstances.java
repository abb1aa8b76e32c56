package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.Backoff;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a relay does not decide itself: the time, chance, and who does what is waited for. The machine's; a simulation puts its own in their
 * place, so that whatever happens can happen again. By any thread.
 */
interface Circumstances {

    Circumstances REAL = new Circumstances() {};

    /** Monotonic. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** From 0 to below the bound. */
    default long chance(long bound) {
        return ThreadLocalRandom.current().nextLong(bound);
    }

    /** Does one thing after the other. */
    default ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Whether another thread of this process has done that, which is waited for at most that long. */
    default boolean isDone(CompletableFuture<Void> deed, Duration atMost) {
        try {
            deed.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** Shorter by up to a quarter, so that processes do not march in step. */
    default long jittered(long nanos) {
        return nanos - chance(nanos / 4 + 1);
    }

    default long jittered(Duration pause) {
        return jittered(pause.toNanos());
    }

    default long pause(Backoff backoff, int attempt) {
        return backoff.nanos(attempt, this::chance);
    }
}
