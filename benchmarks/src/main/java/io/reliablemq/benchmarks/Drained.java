package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.subject.RelaySubject;

/** One prepared backlog, drained once and checked. */
final class Drained {

    private Drained() {}

    /** @return rows per second, from the first send until the last row is deleted */
    static double once(
            BenchmarkDatabase database, RelaySubject subject, int rows, Deliveries deliveries, boolean ordered)
            throws InterruptedException {
        long nanos;
        try (RelaySubject.Drain drain = subject.start(deliveries, rows, ordered)) {
            drain.awaitEmpty();
            nanos = System.nanoTime() - deliveries.firstNanos();
        }
        deliveries.verify();
        if (!database.isEmpty(subject.table())) {
            throw new IllegalStateException(subject.name() + " says it is done, but " + subject.table() + " has rows");
        }
        return rows * 1e9 / nanos;
    }
}
