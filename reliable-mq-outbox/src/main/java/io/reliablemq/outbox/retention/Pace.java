package io.reliablemq.outbox.retention;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to rest between two batches. */
final class Pace {

    /** A batch that takes longer shows a database that has other things to do. */
    private static final long BUSY = Duration.ofSeconds(1).toNanos();

    private static final int REST = 4;

    private final long interval;
    private final int batch;

    Pace(Duration interval, int batch) {
        this.interval = interval.toNanos();
        this.batch = batch;
    }

    long interval() {
        return interval;
    }

    long pause(int purged, long took) {
        return purged < batch || took > BUSY ? untilNextRound() : REST * took;
    }

    long untilNextRound() {
        return interval - ThreadLocalRandom.current().nextLong(interval / 4 + 1);
    }
}
