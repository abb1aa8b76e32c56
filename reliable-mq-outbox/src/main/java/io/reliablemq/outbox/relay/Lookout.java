package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.Look.Found;
import io.reliablemq.outbox.spi.OutboxStore;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the table on a thread of its own, one look at a time, so that the loop sends what it has while the next rows are
 * read. All but that thread's work is touched by the loop's thread only.
 */
final class Lookout {

    private final OutboxStore store;
    private final Mailbox mailbox;
    private final Circumstances circumstances;
    private final ExecutorService thread;
    private final Unanswered unanswered;

    private boolean underWay;
    private @Nullable Found found;
    private @Nullable RuntimeException failure;

    Lookout(OutboxStore store, Mailbox mailbox, Circumstances circumstances) {
        this.store = store;
        this.mailbox = mailbox;
        this.circumstances = circumstances;
        this.thread = circumstances.thread("reliable-mq-reader");
        this.unanswered = new Unanswered(circumstances);
    }

    boolean underWay() {
        return underWay;
    }

    boolean arrived() {
        return found != null || failure != null;
    }

    void ask(Look look) {
        underWay = true;
        unanswered.asked();
        thread.execute(() -> look(look));
    }

    private void look(Look look) {
        Runnable outcome;
        try {
            Found result = look.at(store, circumstances::nanoTime);
            outcome = () -> found = result;
        } catch (RuntimeException e) {
            outcome = () -> failure = e;
        } catch (Error e) {
            outcome = () -> failure = new IllegalStateException("Reading the outbox failed", e);
        }
        unanswered.answered();
        mailbox.post(outcome);
    }

    /** What the look has found that has {@link #arrived}. Throws what the store threw; the look is over then too. */
    Found take() {
        Found result = found;
        RuntimeException thrown = failure;
        found = null;
        failure = null;
        underWay = false;
        if (result == null) {
            throw thrown == null ? new IllegalStateException("No look has arrived") : thrown;
        }
        return result;
    }

    /** Nanoseconds for which the database has not answered; 0 while nothing is asked. By any thread. */
    long silence() {
        return unanswered.nanos();
    }

    void stop(Duration atMost) throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(Math.max(1, atMost.toMillis()), TimeUnit.MILLISECONDS)) {
            thread.shutdownNow();
        }
    }
}
