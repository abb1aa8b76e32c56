package io.reliablemq.outbox.write;

import io.reliablemq.outbox.OutboxOverloadedException;
import io.reliablemq.outbox.spi.AdmissionSettings;
import io.reliablemq.outbox.spi.AdmissionSettings.Policy;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.Load;
import io.reliablemq.outbox.spi.WriteObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Complains when too much waits in the outbox. Business threads see a figure that another thread measures; they never wait for it,
 * and without a fresh one nothing is refused. While nobody sends nothing is measured.
 */
final class Admission {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    private static final long WARN_EVERY = Duration.ofMinutes(1).toNanos();
    private static final int FRESH_FOR = 3;

    private final OutboxStore store;
    private final AdmissionSettings settings;
    private final WriteObserver observer;
    private final LongSupplier nanoTime;
    private final Executor executor;
    private final AtomicBoolean measuring = new AtomicBoolean();
    private final AtomicLong nextMeasurement;
    private final AtomicLong nextWarning;
    private volatile @Nullable Figure figure;

    /** @param at when it was asked for, not when the answer came: a slow answer is an old one */
    private record Figure(Load load, long at) {}

    Admission(OutboxStore store, AdmissionSettings settings, WriteObserver observer) {
        this(store, settings, observer, System::nanoTime, ownThread());
    }

    Admission(
            OutboxStore store,
            AdmissionSettings settings,
            WriteObserver observer,
            LongSupplier nanoTime,
            Executor executor) {
        this.store = store;
        this.settings = settings;
        this.observer = observer;
        this.nanoTime = nanoTime;
        this.executor = executor;
        this.nextMeasurement = new AtomicLong(nanoTime.getAsLong());
        this.nextWarning = new AtomicLong(nanoTime.getAsLong());
    }

    /** Ends by itself when nobody has sent for a while. */
    private static Executor ownThread() {
        ThreadPoolExecutor one =
                new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "reliable-mq-admission");
                    thread.setDaemon(true);
                    return thread;
                });
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /** @throws OutboxOverloadedException beyond a limit, when the policy is to refuse */
    void check() {
        if (settings.policy() == Policy.OFF) {
            return;
        }
        long now = nanoTime.getAsLong();
        measureIfDue(now);
        Figure known = figure;
        if (known == null || now - known.at() > FRESH_FOR * settings.refresh().toNanos() || isWithin(known.load())) {
            return;
        }
        if (settings.policy() == Policy.REFUSE) {
            throw new OutboxOverloadedException(problem(known.load()) + ", so nothing was sent. " + action());
        }
        observer.warned();
        long due = nextWarning.get();
        if (now - due >= 0 && nextWarning.compareAndSet(due, now + WARN_EVERY)) {
            log.warn("{}; messages are taken all the same. {}", problem(known.load()), action());
        }
    }

    private boolean isWithin(Load load) {
        return load.rows() <= settings.maxRows()
                && load.oldestAgeMs() <= settings.maxAge().toMillis();
    }

    private String problem(Load load) {
        String rows = load.rows() > settings.maxRows() ? "more than " + settings.maxRows() : "" + load.rows();
        return rows + " messages wait in the outbox (max-rows " + settings.maxRows() + "), the oldest for "
                + Duration.ofMillis(load.oldestAgeMs()) + " (max-age " + settings.maxAge() + ")";
    }

    private static String action() {
        return "Look at health for why the relay does not keep up (broker away, no instance with a relay, too many"
                + " messages), and send again later; or raise the limits reliable-mq.outbox.admission.*";
    }

    private void measureIfDue(long now) {
        if (now - nextMeasurement.get() < 0 || !measuring.compareAndSet(false, true)) {
            return;
        }
        nextMeasurement.set(now + settings.refresh().toNanos());
        try {
            executor.execute(() -> measure(now));
        } catch (RuntimeException | Error e) {
            measuring.set(false);
            log.warn("The backlog of the outbox cannot be measured, so nothing is refused: {}", e.toString());
        }
    }

    private void measure(long now) {
        try {
            figure = new Figure(store.load(settings.maxRows() + 1), now);
        } catch (RuntimeException | Error e) {
            log.warn("The backlog of the outbox could not be measured, so nothing is refused: {}", e.toString());
            figure = null;
        } finally {
            measuring.set(false);
        }
    }
}
