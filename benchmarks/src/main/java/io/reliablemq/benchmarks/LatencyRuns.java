package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.latency.Latencies;
import io.reliablemq.benchmarks.latency.Sending;
import io.reliablemq.benchmarks.latency.SteadyLoad;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import java.util.List;

/** Subjects whose messages are timed under the same steady load, taking turns. */
record LatencyRuns(BenchmarkDatabase database, Options options, Results results) {

    private static final int SECONDS = 10;

    /** Which subjects take part. */
    @FunctionalInterface
    interface Subjects {
        List<Sending.Start> of(boolean ordered);
    }

    void measure(BusinessTransactions business, Subjects subjects) throws Exception {
        int messages = SteadyLoad.PER_SECOND * (options.smoke() ? 1 : SECONDS);
        try (SteadyLoad load = new SteadyLoad(database, business, messages)) {
            new Repetitions(options, results).of(samples -> {
                for (boolean ordered : new boolean[] {false, true}) {
                    for (Sending.Start subject : subjects.of(ordered)) {
                        SteadyLoad.Measured measured = load.measure(subject, ordered);
                        Latencies latencies = measured.latencies();
                        samples.accept(point(measured.writer(), "p50"), latencies.percentile(0.50));
                        samples.accept(point(measured.writer(), "p99"), latencies.percentile(0.99));
                    }
                }
            });
        }
    }

    private Point point(Writer writer, String metric) {
        return new Point(database.name(), writer.subject(), writer.order(), metric, "ms");
    }
}
