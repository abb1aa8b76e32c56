package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.reliablemq.outbox.spi.OutboxStore.Backlog;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * What is in the tables of the outbox, of all processes. Measured by a thread of its own, so that a scrape never waits for the database;
 * not a number while it cannot be measured.
 */
class BacklogGauges implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(BacklogGauges.class);
    /** Counting reads every row: with millions of them it takes its time, and must not take the database's. */
    private static final int REST = 20;

    private final Supplier<Backlog> store;
    private final Duration refresh;
    private volatile @Nullable Backlog known;
    private volatile @Nullable ScheduledExecutorService executor;
    private boolean failed;

    BacklogGauges(Supplier<Backlog> store, Duration refresh) {
        this.store = store;
        this.refresh = refresh;
    }

    void register(MeterRegistry registry) {
        gauge(registry, "waiting", Backlog::rows);
        gauge(registry, "delayed", Backlog::delayed);
        gauge(registry, "parked", Backlog::parked);
        TimeGauge.builder(
                        "reliable.mq.outbox.waiting.age",
                        this,
                        TimeUnit.MILLISECONDS,
                        gauges -> gauges.value(Backlog::oldestAgeMs))
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, ToDoubleFunction<Backlog> value) {
        Gauge.builder("reliable.mq.outbox." + name, this, gauges -> gauges.value(value))
                .register(registry);
    }

    private double value(ToDoubleFunction<Backlog> value) {
        Backlog backlog = known;
        return backlog == null ? Double.NaN : value.applyAsDouble(backlog);
    }

    @Override
    public synchronized void start() {
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "reliable-mq-backlog");
            thread.setDaemon(true);
            return thread;
        });
        executor = one;
        one.execute(() -> measureAndGoOn(one));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // measuring reports its own failures
    private void measureAndGoOn(ScheduledExecutorService one) {
        long before = System.nanoTime();
        measure();
        long pause = Math.max(refresh.toNanos(), REST * (System.nanoTime() - before));
        if (!one.isShutdown()) {
            one.schedule(() -> measureAndGoOn(one), pause, TimeUnit.NANOSECONDS);
        }
    }

    private void measure() {
        try {
            known = store.get();
            failed = false;
        } catch (RuntimeException | Error e) {
            known = null;
            if (!failed) {
                log.warn(
                        "The backlog of the outbox could not be measured; its meters have no value until it can: {}",
                        e.toString());
            }
            failed = true;
        }
    }

    @Override
    public synchronized void stop() {
        ScheduledExecutorService one = executor;
        executor = null;
        if (one != null) {
            one.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return executor != null;
    }

    @Override
    public int getPhase() {
        return OutboxNodeLifecycle.PHASE;
    }
}
