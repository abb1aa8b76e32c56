package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a relay with nothing to do asks of the database, by the server's own count: transactions, or what the driver sends. */
final class IdleScenario implements Scenario {

    private static final long WARM_UP = 5;
    private static final long MEASURED = 60;
    private static final long SMOKE = 3;

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public Point reference(Point point) {
        return point;
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) {
        ReliableMq subject = new ReliableMq(database);
        OutboxRelay relay = subject.relay(
                message -> CompletableFuture.completedFuture(new SendOutcome.Stored()), RelayObserver.NONE);
        relay.start();
        try {
            pause(options.smoke() ? SMOKE : WARM_UP);
            for (int repetition = 0; repetition < options.repetitions(); repetition++) {
                results.add(point(database), requestsPerSecond(database, options.smoke() ? SMOKE : MEASURED));
            }
        } finally {
            relay.stop();
        }
    }

    private static double requestsPerSecond(BenchmarkDatabase database, long seconds) {
        long began = System.nanoTime();
        long before = database.requests();
        pause(seconds);
        // but for the question itself
        long requests = database.requests() - before - 1;
        return requests * 1e9 / (System.nanoTime() - began);
    }

    private static void pause(long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static Point point(BenchmarkDatabase database) {
        String unit = database.isPostgreSql() ? "transactions/s" : "statements/s";
        return new Point(database.name(), ReliableMq.NAME, "default settings", "idle", unit);
    }
}
