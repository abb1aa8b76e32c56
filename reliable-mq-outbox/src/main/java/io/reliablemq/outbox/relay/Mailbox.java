package io.reliablemq.outbox.relay;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How other threads reach the relay loop: they post what it shall do, it does so one after another. All of the loop's state
 * is therefore touched by one thread only.
 */
final class Mailbox {

    private static final int AT_ONCE = 10_000;

    private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread waiting;

    void post(Runnable task) {
        posted.add(task);
        // while the loop turns it finds the post by itself; an answer each would be a system call each
        Thread loop = waiting;
        if (loop != null) {
            LockSupport.unpark(loop);
        }
    }

    /** Runs what was posted up to now, but not for ever. */
    void drain() {
        for (int i = 0; i < AT_ONCE; i++) {
            Runnable task = posted.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
    }

    /** Waits for a post, at most that long. Only the loop's thread calls this. */
    void await(long nanos) {
        waiting = Thread.currentThread();
        if (posted.isEmpty() && nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
    }
}
