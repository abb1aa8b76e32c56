package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Slice;
import io.reliablemq.benchmarks.write.Writer;
import io.reliablemq.benchmarks.write.Writers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What writing a message costs the business: transactions per second that insert one order, without a message ({@code none}),
 * with a hand-written INSERT of one ({@code limit}), with ours and with the peers'; by 1, 8 and 32 threads. No relay runs. A
 * sample is several short slices, the writers taking turns. Transactions that end as victims of a deadlock are run again and
 * counted.
 */
final class WriteScenario implements Scenario {

    private static final List<Integer> THREADS = List.of(1, 8, 32);
    private static final int SLICES = 4;
    private static final String COMMITTED = "write";
    private static final String ROLLED_BACK = "rolled back";

    @Override
    public String name() {
        return "write";
    }

    @Override
    public Point reference(Point point) {
        return point.metric().equals(COMMITTED) ? point.withSubject(Limit.NAME) : point;
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        Duration slice = Duration.ofMillis(options.smoke() ? 50 : 500);
        int slices = options.smoke() ? 1 : SLICES;
        try (BusinessTransactions business = new BusinessTransactions(database);
                Writers writers = new Writers(database, business)) {
            List<Writer> all = writers.all();
            for (int threads : THREADS) {
                new Repetitions(options, results).of(samples -> sample(business, all, threads, slice, slices)
                        .forEach((writer, measured) -> {
                            samples.accept(point(database, writer, threads, COMMITTED), measured.committedPerSecond());
                            samples.accept(
                                    point(database, writer, threads, ROLLED_BACK), measured.rolledBackPerSecond());
                        }));
            }
        }
    }

    private static Map<Writer, Slice> sample(
            BusinessTransactions business, List<Writer> writers, int threads, Duration slice, int slices)
            throws Exception {
        Map<Writer, Slice> measured = new LinkedHashMap<>();
        for (int round = 0; round < slices; round++) {
            for (Writer writer : writers) {
                measured.merge(writer, business.measure(writer, threads, slice), Slice::plus);
            }
        }
        return measured;
    }

    private static Point point(BenchmarkDatabase database, Writer writer, int threads, String metric) {
        String variant = writer.order() + ", " + threads + (threads == 1 ? " thread" : " threads");
        return new Point(database.name(), writer.subject(), variant, metric, "tx/s");
    }
}
