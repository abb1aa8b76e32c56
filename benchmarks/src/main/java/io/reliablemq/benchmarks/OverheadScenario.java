package io.reliablemq.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Answers;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.starter.StarterRelay;
import io.reliablemq.benchmarks.starter.StarterRelay.Instruments;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.SendOutcome;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What meters and observations cost: microseconds of processor time of the application's JVM for each row of a backlog that the starter's
 * relay drains, unordered and acknowledged at once, with them and without, and the ratio of samples that were taken together.
 */
final class OverheadScenario implements Scenario {

    private static final String WITHOUT = "without instruments";
    private static final String WITH = "meters and observations";
    private static final int CONNECTIONS = 4;
    private static final SendOutcome STORED = new SendOutcome.Stored();

    @Override
    public String name() {
        return "overhead";
    }

    @Override
    public Point reference(Point point) {
        return point.unit().equals("us/row") ? point.withVariant(WITHOUT) : point;
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        ReliableMq tables = new ReliableMq(database);
        new Repetitions(options, results).of(samples -> {
            double without = drain(database, tables, options.rows(), Instruments.NONE);
            double with = drain(database, tables, options.rows(), Instruments.METERS_AND_OBSERVATIONS);
            samples.accept(point(database, WITHOUT, "us/row"), without);
            samples.accept(point(database, WITH, "us/row"), with);
            samples.accept(point(database, WITH, "times"), with / without);
        });
    }

    private static double drain(BenchmarkDatabase database, ReliableMq tables, int rows, Instruments instruments)
            throws InterruptedException {
        tables.fill(rows, false);
        database.settle(tables.table());
        AtomicLong remaining = new AtomicLong(rows);
        CountDownLatch done = new CountDownLatch(1);
        long spent;
        try (Answers answers = new Answers(Duration.ZERO)) {
            Deliveries deliveries = new Deliveries(rows, false, answers);
            AtomicLong began = new AtomicLong();
            MessageSender sender = message -> {
                if (began.get() == 0) {
                    began.compareAndSet(0, processorNanos());
                }
                return deliveries.send(Payloads.sequence(message.payload())).thenApply(nothing -> STORED);
            };
            try (StarterRelay running = new StarterRelay(
                    database.pool(CONNECTIONS),
                    sender,
                    settled -> {
                        if (remaining.addAndGet(-settled) == 0) {
                            done.countDown();
                        }
                    },
                    instruments)) {
                if (!done.await(10, TimeUnit.MINUTES)) {
                    throw new IllegalStateException(remaining + " rows were not deleted within 10 minutes");
                }
                spent = processorNanos() - began.get();
            }
            deliveries.verify();
            return spent / 1e3 / rows;
        }
    }

    private static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static Point point(BenchmarkDatabase database, String variant, String unit) {
        return new Point(database.name(), ReliableMq.NAME, variant, "processor time", unit);
    }
}
