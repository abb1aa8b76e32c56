package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Answers;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.RelaySubject;
import io.reliablemq.benchmarks.subject.ReliableMq;
import java.time.Duration;
import java.util.List;

/**
 * Whether a backlog slows its own drain down: rows per second with 1,000,000 rows pending beside 20,000, unordered and
 * acknowledged at once. A large one is drained whole; small ones follow each other, so that as much time is measured.
 */
final class GrowthScenario implements Scenario {

    private static final int SMALL = 20_000;
    private static final int LARGE = 1_000_000;
    private static final int SMALL_ROUNDS = 5;

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public Point reference(Point point) {
        return point.withVariant(variant(SMALL));
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        int large = options.smoke() ? 2 * SMALL : LARGE;
        int rounds = options.smoke() ? 1 : SMALL_ROUNDS;
        List<RelaySubject> subjects = List.of(new ReliableMq(database), new Limit(database));
        for (RelaySubject subject : subjects) {
            drain(database, subject, SMALL);
        }
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            for (RelaySubject subject : subjects) {
                double rates = 0;
                for (int round = 0; round < rounds; round++) {
                    rates += drain(database, subject, SMALL);
                }
                results.add(point(database, subject, SMALL), rates / rounds);
                results.add(point(database, subject, large), drain(database, subject, large));
            }
        }
    }

    private static double drain(BenchmarkDatabase database, RelaySubject subject, int rows)
            throws InterruptedException {
        subject.fill(rows, false);
        database.settle(subject.table());
        try (Answers answers = new Answers(Duration.ZERO)) {
            return Drained.once(database, subject, rows, new Deliveries(rows, false, answers), false);
        }
    }

    private static Point point(BenchmarkDatabase database, RelaySubject subject, int rows) {
        return new Point(database.name(), subject.name(), variant(rows), "drain", "rows/s");
    }

    private static String variant(int rows) {
        return rows + " pending";
    }
}
