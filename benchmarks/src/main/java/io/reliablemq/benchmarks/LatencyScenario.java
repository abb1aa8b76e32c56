package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.latency.Latencies;
import io.reliablemq.benchmarks.latency.LimitSending;
import io.reliablemq.benchmarks.latency.ReliableMqSending;
import io.reliablemq.benchmarks.latency.Sending;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How long after its commit a message reaches the handler, in milliseconds, at 200 transactions per second: median and 99th
 * percentile, beside a hand-written outbox that wakes its sender in the same process.
 */
final class LatencyScenario implements Scenario {

    private static final int PER_SECOND = 200;
    private static final int THREADS = 8;

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public Point reference(Point point) {
        return point.withSubject(Limit.NAME);
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        ReliableMq ours = new ReliableMq(database);
        Limit limit = new Limit(database);
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(THREADS);
        try (BusinessTransactions business = new BusinessTransactions(database)) {
            Run run = new Run(database, business, clock, PER_SECOND * (options.smoke() ? 1 : 10));
            // the first repetition warms up
            for (int repetition = options.smoke() ? 1 : 0; repetition <= options.repetitions(); repetition++) {
                for (boolean ordered : new boolean[] {false, true}) {
                    Results kept = repetition == 0 ? new Results("warm-up", this::reference) : results;
                    run.measure(() -> new ReliableMqSending(ours, business, ordered), kept);
                    run.measure(() -> new LimitSending(limit, business, ordered), kept);
                }
            }
        } finally {
            clock.shutdownNow();
        }
    }

    private record Run(
            BenchmarkDatabase database, BusinessTransactions business, ScheduledExecutorService clock, int messages) {

        void measure(Supplier<Sending> subject, Results results) throws Exception {
            Latencies latencies = new Latencies(messages);
            try (Sending sending = subject.get()) {
                Writer writer = sending.writer();
                sending.record(latencies);
                transact(writer);
                latencies.await();
                database.awaitEmpty(String.valueOf(writer.table()), 1, TimeUnit.MINUTES);
                results.add(point(writer, "p50"), latencies.percentile(0.50));
                results.add(point(writer, "p99"), latencies.percentile(0.99));
            }
        }

        private void transact(Writer writer) throws Exception {
            List<Future<?>> transactions = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                int sequence = i;
                transactions.add(clock.schedule(
                        () -> business.once(writer, sequence), i * 1_000L / PER_SECOND, TimeUnit.MILLISECONDS));
            }
            for (Future<?> transaction : transactions) {
                transaction.get();
            }
        }

        private Point point(Writer writer, String metric) {
            return new Point(database.name(), writer.subject(), writer.order(), metric, "ms");
        }
    }
}
