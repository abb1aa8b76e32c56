package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.RelayObserver;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves delayed messages to their lanes when their time has nearly come. A thread of its own that asks for the next one's time
 * and sleeps as long, but never for long; needs no lease, because a move is one transaction: of two processes that try, one
 * finds nothing.
 */
final class DueMover {

    private static final Logger log = LoggerFactory.getLogger(DueMover.class);
    /** Small: the messages of one transaction become visible together, and the locks are held for so long. */
    private static final int BATCH = 100;

    /** What is due is being cancelled, or has just been moved. */
    private static final long PAUSE = Duration.ofMillis(500).toNanos();
    /** Other processes may delay messages meanwhile. No hand-over time is shorter than twice that. */
    private static final long LONGEST_PAUSE = Duration.ofSeconds(1).toNanos();

    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(10));

    private final OutboxStore store;
    private final RelayObserver observer;
    private final Circumstances circumstances;
    private final Thread thread = new Thread(this::run, "reliable-mq-due");
    private final CountDownLatch stopped = new CountDownLatch(1);
    private int failures;

    DueMover(OutboxStore store, RelayObserver observer, Circumstances circumstances) {
        this.store = store;
        this.observer = observer;
        this.circumstances = circumstances;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop(Duration atMost) throws InterruptedException {
        stopped.countDown();
        thread.join(Math.max(1, atMost.toMillis()));
    }

    private void run() {
        try {
            boolean go;
            do {
                go = !stopped.await(move(), TimeUnit.NANOSECONDS);
            } while (go);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return how long to wait before the next time */
    long move() {
        try {
            long wait = TimeUnit.MILLISECONDS.toNanos(store.untilDue());
            long pause = wait > 0 ? Math.min(wait, circumstances.jittered(LONGEST_PAUSE)) : moveNow();
            failures = 0;
            return pause;
        } catch (RuntimeException | Error e) {
            failures++;
            log.warn("Could not move due messages (attempt {}); trying again: {}", failures, e.toString());
            return circumstances.pause(BACKOFF, failures);
        }
    }

    private long moveNow() {
        int moved = store.moveDue(BATCH);
        if (moved > 0) {
            observer.moved(moved);
        }
        return moved == BATCH ? 0 : circumstances.jittered(PAUSE);
    }
}
