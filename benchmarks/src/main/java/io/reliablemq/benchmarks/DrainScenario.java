package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Answers;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.NamastackPeer;
import io.reliablemq.benchmarks.subject.RelaySubject;
import io.reliablemq.benchmarks.subject.ReliableMq;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How fast a prepared backlog is drained into a sender that does nothing, in rows per second from the first send until the
 * table is empty: 0 and 2 ms until the acknowledgement, ordered (100 keys) and unordered. Reliable MQ also with retention, beside
 * itself without.
 */
final class DrainScenario implements Scenario {

    /** A limit that is less than so many times namastack, where the broker answers at once, is none. */
    private static final double TIMES_NAMASTACK = 15;

    private static final String RETENTION = ", " + ReliableMq.RETENTION;

    private static final String METRIC = "drain";
    private static final String UNIT = "rows/s";

    private record Variant(boolean ordered, int ackMillis) {

        static List<Variant> all() {
            List<Variant> all = new ArrayList<>();
            for (boolean ordered : new boolean[] {false, true}) {
                for (int ackMillis : new int[] {0, 2}) {
                    all.add(new Variant(ordered, ackMillis));
                }
            }
            return all;
        }

        boolean isAnsweredAtOnce() {
            return ackMillis == 0;
        }

        String text() {
            return (ordered ? "ordered" : "unordered") + ", ack " + ackMillis + " ms";
        }
    }

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public Point reference(Point point) {
        return point.variant().endsWith(RETENTION)
                ? point.withVariant(point.variant().replace(RETENTION, ""))
                : point.withSubject(Limit.NAME);
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        List<RelaySubjects.Sized> all = RelaySubjects.all(database, options);
        for (RelaySubjects.Sized one : all) {
            for (Variant variant : Variant.all()) {
                if (!options.smoke() && supports(one.subject(), variant)) {
                    drain(database, one.subject(), Math.max(1, one.rows() / 5), variant);
                }
            }
        }
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            for (Variant variant : Variant.all()) {
                for (RelaySubjects.Sized one : all) {
                    if (supports(one.subject(), variant)) {
                        double rate = drain(database, one.subject(), one.rows(), variant);
                        results.add(point(database, one.subject(), variant), rate);
                    }
                }
            }
        }
        if (database.isPostgreSql() && !options.smoke()) {
            checkLimit(database, results);
        }
    }

    private static void checkLimit(BenchmarkDatabase database, Results results) {
        for (Variant variant : Variant.all()) {
            Point limit = new Point(database.name(), Limit.NAME, variant.text(), METRIC, UNIT);
            double times = results.times(limit, limit.withSubject(NamastackPeer.NAME));
            if (variant.isAnsweredAtOnce() && times < TIMES_NAMASTACK) {
                System.out.printf(
                        Locale.ROOT,
                        "NO LIMIT: %s, %s: it is %.1f times namastack, and at least %.0f where it is written right:"
                                + " no ratio to it says anything%n",
                        limit.database(),
                        limit.variant(),
                        times,
                        TIMES_NAMASTACK);
            }
        }
    }

    /** @return rows per second */
    private static double drain(BenchmarkDatabase database, RelaySubject subject, int rows, Variant variant)
            throws InterruptedException {
        subject.fill(rows, variant.ordered());
        database.settle(subject.table());
        try (Answers answers = new Answers(Duration.ofMillis(variant.ackMillis()))) {
            return Drained.once(
                    database, subject, rows, new Deliveries(rows, variant.ordered(), answers), variant.ordered());
        }
    }

    private static boolean supports(RelaySubject subject, Variant variant) {
        return subject.ordersKeys() || !variant.ordered();
    }

    private static Point point(BenchmarkDatabase database, RelaySubject subject, Variant variant) {
        String settings = subject.settings().isEmpty() ? "" : ", " + subject.settings();
        return new Point(database.name(), subject.name(), variant.text() + settings, METRIC, UNIT);
    }
}
