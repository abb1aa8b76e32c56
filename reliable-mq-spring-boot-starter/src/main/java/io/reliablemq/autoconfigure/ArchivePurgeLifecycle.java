package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.retention.ArchivePurge;
import io.reliablemq.outbox.spi.ArchiveStore;
import io.reliablemq.outbox.spi.RelayObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Purges the archive while the application runs, if there is a retention. */
class ArchivePurgeLifecycle implements SmartLifecycle {

    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final ArchiveStore archive;
    private final Duration retention;
    private final RelayObserver observer;
    private @Nullable ArchivePurge purge;

    /** @param retention zero for none: what is in the archive then stays there */
    ArchivePurgeLifecycle(ArchiveStore archive, Duration retention, RelayObserver observer) {
        this.archive = archive;
        this.retention = retention;
        this.observer = observer;
    }

    @Override
    public synchronized void start() {
        if (purge == null && !retention.isZero()) {
            purge = new ArchivePurge(archive, retention, INTERVAL, observer);
            purge.start();
        }
    }

    @Override
    public synchronized void stop() {
        if (purge != null) {
            purge.stop(STOP);
            purge = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return purge != null;
    }

    @Override
    public int getPhase() {
        return OutboxNodeLifecycle.PHASE;
    }
}
