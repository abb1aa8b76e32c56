package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What writing a message costs the business: transactions per second that insert one order, without a message ({@code none}),
 * with a hand-written INSERT of one ({@code limit}), and with ours; by 1, 8 and 32 threads. No relay runs. A sample is
 * several short slices, the writers taking turns.
 */
final class WriteScenario implements Scenario {

    private static final List<Integer> THREADS = List.of(1, 8, 32);
    private static final int SLICES = 4;

    @Override
    public String name() {
        return "write";
    }

    @Override
    public Point reference(Point point) {
        return point.withSubject(Limit.NAME);
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        Duration slice = Duration.ofMillis(options.smoke() ? 50 : 500);
        try (BusinessTransactions business = new BusinessTransactions(database)) {
            List<Writer> writers = Writer.all(database, business);
            for (int threads : THREADS) {
                if (!options.smoke()) {
                    sample(business, writers, threads, slice);
                }
                for (int repetition = 0; repetition < options.repetitions(); repetition++) {
                    sample(business, writers, threads, slice)
                            .forEach((writer, rate) -> results.add(point(database, writer, threads), rate));
                }
            }
        }
    }

    /** @return transactions per second of each writer */
    private static Map<Writer, Double> sample(
            BusinessTransactions business, List<Writer> writers, int threads, Duration slice) throws Exception {
        Map<Writer, Double> rates = new LinkedHashMap<>();
        for (int round = 0; round < SLICES; round++) {
            for (Writer writer : writers) {
                rates.merge(writer, business.rate(writer, threads, slice) / SLICES, Double::sum);
            }
        }
        return rates;
    }

    private static Point point(BenchmarkDatabase database, Writer writer, int threads) {
        String variant = writer.order() + ", " + threads + (threads == 1 ? " thread" : " threads");
        return new Point(database.name(), writer.subject(), variant, "write", "tx/s");
    }
}
