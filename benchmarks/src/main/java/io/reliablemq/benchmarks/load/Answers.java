package io.reliablemq.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Acknowledgements of a broker that does nothing, after a constant latency. At 0 they are given before the call returns;
 * else by one thread, in the order of the calls, so that tens of thousands can be under way at no cost to speak of.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class Answers implements AutoCloseable {

    private static final CompletableFuture<Void> AT_ONCE = CompletableFuture.completedFuture(null);

    private final long latencyNanos;
    private final BlockingQueue<Answer> pending = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "answers");

    private record Answer(long dueNanos, CompletableFuture<Void> future) {}

    public Answers(Duration latency) {
        latencyNanos = latency.toNanos();
        thread.setDaemon(true);
        if (latencyNanos > 0) {
            thread.start();
        }
    }

    public CompletableFuture<Void> next() {
        if (latencyNanos == 0) {
            return AT_ONCE;
        }
        CompletableFuture<Void> future = new CompletableFuture<>();
        pending.add(new Answer(System.nanoTime() + latencyNanos, future));
        return future;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Answer answer = pending.take();
                for (long wait = wait(answer); wait > 0; wait = wait(answer)) {
                    LockSupport.parkNanos(wait);
                }
                answer.future().complete(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long wait(Answer answer) {
        return Thread.currentThread().isInterrupted() ? 0 : answer.dueNanos() - System.nanoTime();
    }
}
