package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
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
 * What is in tables or at brokers, of all processes. Measured by a thread of its own, so that a scrape never waits for the database; not a number
 * while it cannot be measured.
 */
abstract class MeasuredGauges<T> implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(MeasuredGauges.class);
    /** Counting reads every row: with millions of them it takes its time, and must not take the database's. */
    private static final int REST = 20;

    private final String what;
    private final Supplier<T> store;
    private final Duration refresh;
    private volatile @Nullable T known;
    private volatile @Nullable ScheduledExecutorService executor;
    private boolean failed;

    /** @param what is measured, for logs and the thread */
    MeasuredGauges(String what, Supplier<T> store, Duration refresh) {
        this.what = what;
        this.store = store;
        this.refresh = refresh;
    }

    final void gauge(MeterRegistry registry, String name, ToDoubleFunction<T> value) {
        Gauge.builder("reliable.mq.outbox." + name, this, gauges -> gauges.value(value))
                .register(registry);
    }

    final void ageInMs(MeterRegistry registry, String name, ToDoubleFunction<T> value) {
        TimeGauge.builder("reliable.mq.outbox." + name, this, TimeUnit.MILLISECONDS, gauges -> gauges.value(value))
                .register(registry);
    }

    private double value(ToDoubleFunction<T> value) {
        T measured = known;
        return measured == null ? Double.NaN : value.applyAsDouble(measured);
    }

    @Override
    public synchronized void start() {
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "reliable-mq-" + what.replace(' ', '-'));
            thread.setDaemon(true);
            return thread;
        });
        executor = one;
        one.execute(() -> measureAndGoOn(one));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // measuring reports its own failures
    private void measureAndGoOn(ScheduledExecutorService one) {
        long before = System.nanoTime();
        try {
            measure();
        } finally {
            long pause = Math.max(refresh.toNanos(), rest() * (System.nanoTime() - before));
            if (!one.isShutdown()) {
                one.schedule(() -> measureAndGoOn(one), pause, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** How many times as long as a measurement the pause after it is, at least. */
    int rest() {
        return REST;
    }

    /** For gauges that come and go; told null while it cannot be measured. */
    void measured(@Nullable T value) {}

    private void measure() {
        try {
            known = store.get();
            failed = false;
            measured(known);
        } catch (RuntimeException | Error e) {
            known = null;
            if (!failed) {
                log.warn("The {} could not be measured; its meters have no value until it can: {}", what, e.toString());
            }
            failed = true;
            measured(null);
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
