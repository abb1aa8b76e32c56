package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Answers;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.GrowingSubject;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.RelaySubject;
import io.reliablemq.benchmarks.subject.ReliableMq;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a backlog slows its own drain down, and whether a past does: rows per second, unordered and acknowledged at once, with
 * 1,000,000 rows pending and after 10,000,000 that were settled, beside 20,000 in an empty table. Small backlogs follow each other,
 * so that as much time is measured. Also the heap that a relay holds while it drains, after a collection.
 */
final class GrowthScenario implements Scenario {

    private static final int SMALL = 20_000;
    private static final int LARGE = 1_000_000;
    private static final int SETTLED = 10_000_000;
    private static final int SMALL_ROUNDS = 5;
    private static final int LOOKS = 5;
    private static final int ACK_MILLIS = 2;

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public Point reference(Point point) {
        return point.withVariant(pending(SMALL));
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        int large = options.smoke() ? 2 * SMALL : LARGE;
        int settled = options.smoke() ? SMALL : SETTLED;
        List<GrowingSubject> subjects = List.of(new ReliableMq(database), new Limit(database));
        for (GrowingSubject subject : subjects) {
            drain(database, subject, SMALL);
        }
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            for (GrowingSubject subject : subjects) {
                results.add(rate(database, subject, pending(SMALL)), smallDrains(database, subject, options, true));
                results.add(rate(database, subject, pending(large)), drain(database, subject, large));
            }
        }
        for (GrowingSubject subject : subjects) {
            for (int pending : new int[] {SMALL, large}) {
                results.add(
                        new Point(database.name(), subject.name(), pending(pending), "heap", "MB"),
                        heap(database, subject, pending));
            }
            for (int done = 0; done < settled; done += large) {
                subject.append(large);
                drainWhatIsThere(database, subject, large);
            }
            for (int repetition = 0; repetition < options.repetitions(); repetition++) {
                results.add(
                        rate(database, subject, "after " + settled + " settled"),
                        smallDrains(database, subject, options, false));
            }
        }
    }

    private static double smallDrains(
            BenchmarkDatabase database, GrowingSubject subject, Options options, boolean inEmptyTable)
            throws InterruptedException {
        int rounds = options.smoke() ? 1 : SMALL_ROUNDS;
        double rates = 0;
        for (int round = 0; round < rounds; round++) {
            if (inEmptyTable) {
                rates += drain(database, subject, SMALL);
            } else {
                subject.append(SMALL);
                rates += drainWhatIsThere(database, subject, SMALL);
            }
        }
        return rates / rounds;
    }

    private static double drain(BenchmarkDatabase database, GrowingSubject subject, int rows)
            throws InterruptedException {
        subject.fill(rows, false);
        return drainWhatIsThere(database, subject, rows);
    }

    private static double drainWhatIsThere(BenchmarkDatabase database, GrowingSubject subject, int rows)
            throws InterruptedException {
        database.settle(subject.table());
        try (Answers answers = new Answers(Duration.ZERO)) {
            return Drained.once(database, subject, rows, new Deliveries(rows, false, answers), false);
        }
    }

    /** What is live in the middle of a drain, above what was live before it, in megabytes; the most of several looks. */
    private static double heap(BenchmarkDatabase database, GrowingSubject subject, int rows)
            throws InterruptedException {
        subject.fill(rows, false);
        database.settle(subject.table());
        try (Answers answers = new Answers(Duration.ofMillis(ACK_MILLIS))) {
            Deliveries deliveries = new Deliveries(rows, false, answers);
            long before = liveBytes();
            long most = before;
            try (RelaySubject.Drain drain = subject.start(deliveries, rows, false)) {
                for (int look = 1; look <= LOOKS; look++) {
                    while (deliveries.sent() < (long) rows * look / (LOOKS + 1)) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    most = Math.max(most, liveBytes());
                }
                drain.awaitEmpty();
            }
            deliveries.verify();
            return (most - before) / 1e6;
        }
    }

    private static long liveBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static Point rate(BenchmarkDatabase database, RelaySubject subject, String variant) {
        return new Point(database.name(), subject.name(), variant, "drain", "rows/s");
    }

    private static String pending(int rows) {
        return rows + " pending";
    }
}
