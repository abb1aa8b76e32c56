package io.reliablemq.consumer.container;

import io.reliablemq.consumer.spi.ListenerEndpoint;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Renews what is held, and purges what is old, for all containers. */
final class Housekeeping {

    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    /** Times as long as a batch has taken. */
    private static final int IDLE = 4;

    private final ContainerParts parts;
    private final Collection<ListenerContainer> containers;
    private @Nullable ScheduledExecutorService scheduler;

    Housekeeping(ContainerParts parts, Collection<ListenerContainer> containers) {
        this.parts = parts;
        this.containers = containers;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // guarded tasks never throw
    synchronized void start() {
        if (scheduler != null) {
            return;
        }
        CustomizableThreadFactory factory = new CustomizableThreadFactory("reliable-mq-housekeeping-");
        factory.setDaemon(true);
        ScheduledExecutorService fresh = Executors.newScheduledThreadPool(2, factory);
        long renewMs = Math.max(1, Math.min(1_000, parts.settings().invisible().toMillis() / 8));
        long purgeMs = parts.settings().purgeInterval().toMillis();
        fresh.scheduleWithFixedDelay(guarded("renewal", this::renew), renewMs, renewMs, TimeUnit.MILLISECONDS);
        fresh.scheduleWithFixedDelay(guarded("purge", this::purge), purgeMs, purgeMs, TimeUnit.MILLISECONDS);
        scheduler = fresh;
    }

    synchronized void stop() {
        if (scheduler != null) {
            scheduler.shutdownNow();
            scheduler = null;
        }
    }

    private void renew() {
        containers.forEach(ListenerContainer::renewDue);
    }

    private void purge() {
        for (ListenerContainer container : containers) {
            ListenerEndpoint endpoint = container.endpoint();
            if (!BrokerDrain.is(endpoint)) {
                purgeAll(endpoint);
            }
        }
    }

    /** Until nothing is old, however much that is; with pauses, so that it takes a fifth of one connection's time at most. */
    private void purgeAll(ListenerEndpoint endpoint) {
        try {
            long began = System.nanoTime();
            while (purged(endpoint) >= parts.settings().purgeBatch()) {
                TimeUnit.NANOSECONDS.sleep(IDLE * (System.nanoTime() - began));
                began = System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int purged(ListenerEndpoint endpoint) {
        return parts.processor()
                .purge(endpoint.subscription().group(), endpoint.policy().dedupWindow());
    }

    /** A scheduler forgets a task that throws. */
    private static Runnable guarded(String what, Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.warn("The {} of listeners failed and is tried again: {}", what, e.getMessage());
                log.debug("The {} of listeners failed", what, e);
            } catch (Error e) {
                log.error(
                        "The {} of listeners failed and is tried again: look at the memory of this process and at its limit of threads",
                        what,
                        e);
            }
        };
    }
}
