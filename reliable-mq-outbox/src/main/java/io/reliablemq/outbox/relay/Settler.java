package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the rows of stored messages, in batches: while one DELETE runs the next batch gathers. A thread of its own, so that
 * a slow database does not keep the loop from sending. Tries for ever: a row that stays is only a duplicate to come.
 */
final class Settler {

    private static final Logger log = LoggerFactory.getLogger(Settler.class);
    private static final int BATCH = 2000;
    /** What is stored within that time is deleted together; nobody waits for it but the process that is to die. */
    private static final long GATHERING = TimeUnit.MILLISECONDS.toNanos(10);

    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

    private final OutboxStore store;
    private final Consumer<List<RowRef>> settled;
    private final Circumstances circumstances;
    private final BlockingQueue<RowRef> queue = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> newTopics = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "reliable-mq-settler");
    private final Unanswered unanswered;
    private volatile boolean stopping;

    Settler(OutboxStore store, Consumer<List<RowRef>> settled, Circumstances circumstances) {
        this.store = store;
        this.settled = settled;
        this.circumstances = circumstances;
        this.unanswered = new Unanswered(circumstances);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void settle(RowRef ref) {
        queue.add(ref);
    }

    /** The topic has taken its first message. */
    void remember(String topic) {
        newTopics.add(topic);
    }

    /** Settles what is queued, then ends; gives up after the deadline. */
    void stop(Duration atMost) throws InterruptedException {
        stopping = true;
        thread.join(Math.max(1, atMost.toMillis()));
        thread.interrupt();
    }

    private void run() {
        List<RowRef> batch = new ArrayList<>(BATCH);
        try {
            while (!(stopping && queue.isEmpty())) {
                RowRef first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    gather(batch);
                    for (int attempt = 1; !settled(batch, attempt); attempt++) {
                        TimeUnit.NANOSECONDS.sleep(circumstances.pause(BACKOFF, attempt));
                    }
                    batch.clear();
                }
            }
        } catch (InterruptedException e) {
            log.warn("Stopped with {} stored messages not settled; they will be sent once more", queue.size());
        }
    }

    private void gather(List<RowRef> batch) throws InterruptedException {
        long end = circumstances.nanoTime() + GATHERING;
        queue.drainTo(batch, BATCH - batch.size());
        while (batch.size() < BATCH && !stopping) {
            RowRef next = queue.poll(end - circumstances.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                return;
            }
            batch.add(next);
            queue.drainTo(batch, BATCH - batch.size());
        }
    }

    /** What may be deleted together now. */
    List<RowRef> queued() {
        List<RowRef> batch = new ArrayList<>();
        queue.drainTo(batch, BATCH);
        return batch;
    }

    /** @return whether they are deleted, else they are to be tried again */
    boolean settled(List<RowRef> batch, int attempt) {
        unanswered.asked();
        try {
            rememberNewTopics();
            store.settle(batch);
            settled.accept(List.copyOf(batch));
            return true;
        } catch (RuntimeException | Error e) {
            log.warn(
                    "Could not delete {} stored messages from the outbox (attempt {}); trying again: {}",
                    batch.size(),
                    attempt,
                    e.toString());
            return false;
        } finally {
            unanswered.answered();
        }
    }

    /** Nanoseconds for which the database has not answered; 0 while nothing is asked. By any thread. */
    long silence() {
        return unanswered.nanos();
    }

    private void rememberNewTopics() {
        for (String topic = newTopics.peek(); topic != null; topic = newTopics.peek()) {
            store.rememberTopic(topic);
            newTopics.remove(topic);
        }
    }
}
