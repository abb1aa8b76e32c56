package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelayFeed;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For an instance whose relay is switched off: others find in the table what it writes. Keeps it registered, without lanes, so that
 * no change of the lane count ends before it writes by the new one.
 *
 * <p><b>Thread</b>: one daemon thread. All methods may be called by any thread.
 *
 * <p><b>Errors</b>: an unreachable database is waited for, with a log line; nothing is thrown.
 */
public final class WriteOnlyNode implements RelayFeed {

    private static final Logger log = LoggerFactory.getLogger(WriteOnlyNode.class);

    private final LaneStore store;
    private final String name;
    private final Duration lease;
    private volatile LaneLayout layout;
    private @Nullable Run run;

    /**
     * @param atStart the layout that the database had a moment ago
     * @param name of this process, for operators; need not be unique
     */
    public WriteOnlyNode(LaneStore store, LaneLayout atStart, String name, Duration lease) {
        this.store = store;
        this.layout = atStart;
        this.name = name;
        this.lease = lease;
    }

    /** Starts, also again after {@link #stop}; does nothing while it runs. */
    public synchronized void start() {
        if (run == null) {
            run = new Run();
            run.thread.start();
        }
    }

    /** Deregisters it, within two seconds. */
    public synchronized void stop() {
        if (run != null) {
            run.stop();
            run = null;
        }
    }

    /** What ordered messages of this process are to be written by, at this moment. */
    public LaneLayout layout() {
        return layout;
    }

    @Override
    public int unorderedLane() {
        return ThreadLocalRandom.current().nextInt(layout.lanes());
    }

    @Override
    public void announce(Collection<UUID> messageIds) {}

    @Override
    public void committed(List<OutboxRow> rows) {}

    @Override
    public void released(Collection<UUID> messageIds) {}

    private boolean work(LaneLayout now) {
        layout = now;
        return true;
    }

    private final class Run {

        private final Membership membership = new Membership(store, store::joinAsWriter, name, lease);
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final Thread thread = new Thread(this::run, "reliable-mq-writer");

        Run() {
            thread.setDaemon(true);
        }

        void stop() {
            stopped.countDown();
            try {
                thread.join(2000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void run() {
            try {
                do {
                    beat();
                } while (!stopped.await(lease.toMillis() / 3, TimeUnit.MILLISECONDS));
                membership.leave();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                log.warn("Could not deregister at shutdown; others do it in {}: {}", lease, e.toString());
            }
        }

        private void beat() {
            try {
                membership.renew(
                        () -> log.warn("This process was silent for longer than {} and registers again", lease));
                membership.follow(WriteOnlyNode.this::work);
            } catch (RuntimeException | Error e) {
                log.warn("Could not reach the database to learn the lane count; trying again: {}", e.toString());
            }
        }
    }
}
