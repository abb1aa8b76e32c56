package io.reliablemq.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.reliablemq.benchmarks.broker.BenchmarkBroker;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.starter.StarterRelay;
import io.reliablemq.benchmarks.starter.StarterRelay.Instruments;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.SendOutcome;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What meters and observations cost: microseconds of processor time of the application's JVM for each row of a backlog that the starter's
 * relay drains, unordered, with a trace of which one in ten is sampled, with them and without, and the ratio of samples that were taken
 * together; into a sender that does nothing, and into a broker in processes of its own through each client.
 */
final class OverheadScenario implements Scenario {

    private static final String WITHOUT = "without instruments";
    private static final String WITH = "meters and observations";
    private static final String MICROSECONDS = "us/row";
    private static final int CONNECTIONS = 4;
    /** So many times the rows for the classic client, which sends so many more in the same time. */
    private static final int BATCHED = 5;
    /** What the compiler needs counts as processor time of the JVM, too. */
    private static final int WARM_UPS = 4;

    /** @param name for the variant */
    private record Target(String name, MessageSender sender, int rows) {}

    @Override
    public String name() {
        return "overhead";
    }

    @Override
    public Point reference(Point point) {
        return point.unit().equals(MICROSECONDS)
                ? point.withVariant(point.variant().replace(WITH, WITHOUT))
                : point;
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        ReliableMq tables = new ReliableMq(database);
        BenchmarkBroker broker = BenchmarkBroker.inProcesses();
        CompletionStage<SendOutcome> stored = CompletableFuture.completedFuture(new SendOutcome.Stored());
        List<Target> targets = List.of(
                new Target("no-op", message -> stored, options.rows()),
                new Target("grpc", broker.sender(), options.peerRows()),
                new Target("remoting", broker.remotingSender(), options.peerRows() * BATCHED));
        Drains drains = new Drains(database, tables, broker.topic(false));
        AtomicInteger round = new AtomicInteger();
        for (int warmUp = 0; warmUp < (options.smoke() ? 0 : WARM_UPS); warmUp++) {
            for (Target target : targets) {
                drains.both(target, warmUp % 2 == 0);
            }
        }
        new Repetitions(options, results).of(samples -> {
            // the second of a pair has a warmer machine
            boolean first = round.getAndIncrement() % 2 == 0;
            for (Target target : targets) {
                Costs costs = drains.both(target, first);
                double without = costs.without();
                double with = costs.with();
                samples.accept(point(database, target, WITHOUT, MICROSECONDS), without);
                samples.accept(point(database, target, WITH, MICROSECONDS), with);
                samples.accept(point(database, target, WITH, "times"), with / without);
            }
        });
    }

    /** In microseconds a row. */
    private record Costs(double without, double with) {}

    private record Drains(BenchmarkDatabase database, ReliableMq tables, String topic) {

        Costs both(Target target, boolean withoutFirst) throws InterruptedException {
            if (withoutFirst) {
                double without = one(target, Instruments.NONE);
                return new Costs(without, one(target, Instruments.METERS_AND_OBSERVATIONS));
            }
            double with = one(target, Instruments.METERS_AND_OBSERVATIONS);
            return new Costs(one(target, Instruments.NONE), with);
        }

        /** From the first send, which waits until the application has started, until the last row is deleted. */
        private double one(Target target, Instruments instruments) throws InterruptedException {
            tables.fillTraced(target.rows(), topic);
            database.settle(tables.table());
            CountDownLatch started = new CountDownLatch(1);
            AtomicLong ended = new AtomicLong();
            AtomicLong remaining = new AtomicLong(target.rows());
            CountDownLatch done = new CountDownLatch(1);
            MessageSender sender = message -> {
                awaited(started);
                return target.sender().send(message);
            };
            try (StarterRelay running = new StarterRelay(
                    database.pool(CONNECTIONS),
                    sender,
                    settled -> {
                        if (remaining.addAndGet(-settled) == 0) {
                            ended.set(processorNanos());
                            done.countDown();
                        }
                    },
                    instruments)) {
                long began = processorNanos();
                started.countDown();
                if (!done.await(10, TimeUnit.MINUTES)) {
                    throw new IllegalStateException(remaining + " rows were not deleted within 10 minutes");
                }
                return (ended.get() - began) / 1e3 / target.rows();
            }
        }

        private static void awaited(CountDownLatch started) {
            try {
                started.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted before the application had started", e);
            }
        }
    }

    private static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static Point point(BenchmarkDatabase database, Target target, String variant, String unit) {
        return new Point(database.name(), ReliableMq.NAME, target.name() + ", " + variant, "processor time", unit);
    }
}
