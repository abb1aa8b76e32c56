package io.reliablemq.outbox.retention;

import io.reliablemq.outbox.spi.ArchiveStore;
import io.reliablemq.outbox.spi.LogEvent;
import io.reliablemq.outbox.spi.RelayObserver;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from the archive what has been there for longer than the retention.
 *
 * <p><b>Guarantee</b>: nothing younger is deleted, by the database's clock. In small batches with long pauses, so that no more
 * than a fifth of one connection's time is used; stops for a while when a batch takes long or fails. Several processes may do
 * this at once: one that meets another one leaves it the work.
 *
 * <p><b>Thread</b>: one daemon thread. All methods may be called by any thread.
 *
 * <p><b>Errors</b>: logged and tried again at the next round.
 */
public final class ArchivePurge {

    private static final Logger log = LoggerFactory.getLogger(ArchivePurge.class);
    private static final int BATCH = 500;

    private final ArchiveStore archive;
    private final Duration retention;
    private final RelayObserver observer;
    private final Pace pace;
    private final Thread thread = new Thread(this::run, "reliable-mq-archive-purge");
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param retention at least a second
     * @param interval between two rounds, shortened by up to a quarter at random; a round ends when nothing is old enough
     */
    public ArchivePurge(ArchiveStore archive, Duration retention, Duration interval, RelayObserver observer) {
        if (retention.toMillis() < 1000) {
            throw new IllegalArgumentException("retention is " + retention + ": it must be at least 1s, or 0 for off");
        }
        this.archive = archive;
        this.retention = retention;
        this.observer = observer;
        this.pace = new Pace(interval, BATCH);
        thread.setDaemon(true);
    }

    /** Starts once; not again after {@link #stop}. */
    public void start() {
        thread.start();
    }

    /** Returns when a batch that is being deleted is done, or after that time. */
    public void stop(Duration atMost) {
        stopped.countDown();
        try {
            thread.join(Math.max(1, atMost.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            // not at once: many instances may start together
            long pause = ThreadLocalRandom.current().nextLong(pace.interval() + 1);
            while (!stopped.await(pause, TimeUnit.NANOSECONDS)) {
                pause = purge();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long purge() {
        long began = System.nanoTime();
        try {
            int purged = archive.purge(retention, BATCH);
            long took = System.nanoTime() - began;
            if (purged > 0) {
                observer.purged(purged);
                LogEvent.ARCHIVE_PURGED
                        .on(log)
                        .addKeyValue("reliablemq.messages", purged)
                        .log("Purged {} archived messages that are older than {}", purged, retention);
            }
            return pace.pause(purged, took);
        } catch (RuntimeException | Error e) {
            log.warn("Could not purge the archive of the outbox; trying again later: {}", e.toString());
            return pace.untilNextRound();
        }
    }
}
