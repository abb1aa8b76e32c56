package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.node.NodeProcess;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.ReliableMq;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast two JVMs drain one backlog together, in rows per second from the first send of either until the last row is deleted.
 * Reliable MQ's share its lanes. The limit's share nothing: each has a table of its own with half of the messages.
 */
final class TwoNodesScenario implements Scenario {

    private static final int NODES = 2;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long POLL_NANOS = 1_000_000;

    @Override
    public String name() {
        return "two-nodes";
    }

    @Override
    public Point reference(Point point) {
        return point.withSubject(Limit.NAME);
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        try (Ours ours = new Ours(database);
                Limits limits = new Limits(database)) {
            List<Boolean> orders = options.smoke() ? List.of(true) : List.of(false, true);
            List<Integer> acks = options.smoke() ? List.of(0) : List.of(0, 2);
            new Repetitions(options, results).of(samples -> {
                for (boolean ordered : orders) {
                    for (int ackMillis : acks) {
                        for (Nodes subject : List.of(ours, limits)) {
                            samples.accept(
                                    point(database, subject.name, ordered, ackMillis),
                                    subject.drain(options.rows(), ordered, ackMillis));
                        }
                    }
                }
            });
        }
    }

    private static Point point(BenchmarkDatabase database, String subject, boolean ordered, int ackMillis) {
        String variant = (ordered ? "ordered" : "unordered") + ", ack " + ackMillis + " ms";
        return new Point(database.name(), subject, variant, "drain", "rows/s");
    }

    /** The processes of one subject. */
    private abstract static class Nodes implements AutoCloseable {

        final String name;
        final BenchmarkDatabase database;
        final List<NodeProcess> processes = new ArrayList<>();
        private final AtomicInteger deleted = new AtomicInteger();

        Nodes(String name, BenchmarkDatabase database) {
            this.name = name;
            this.database = database;
        }

        void launch() {
            for (int number = 0; number < NODES; number++) {
                processes.add(new NodeProcess(name, number, database, deleted::addAndGet));
            }
        }

        /** Lets relays and backlog meet. */
        abstract void begin(int rows, boolean ordered, int ackMillis) throws InterruptedException;

        double drain(int rows, boolean ordered, int ackMillis) throws InterruptedException {
            deleted.set(0);
            begin(rows, ordered, ackMillis);
            await("all rows are deleted", () -> deleted.get() >= rows);
            long first = Long.MAX_VALUE;
            long last = 0;
            Deliveries.Tally all = new Deliveries.Tally(0, 0, 0);
            for (NodeProcess process : processes) {
                NodeProcess.Report report = process.stop();
                Deliveries.Tally tally = report.tally();
                all = new Deliveries.Tally(
                        all.sent() + tally.sent(), all.twice() + tally.twice(), all.overtaken() + tally.overtaken());
                first = Math.min(first, report.first());
                last = Math.max(last, report.last());
            }
            Deliveries.verify(all, rows);
            return rows * 1e3 / Math.max(1, last - first);
        }

        @Override
        public void close() {
            processes.forEach(NodeProcess::close);
        }
    }

    private static final class Ours extends Nodes {

        private final ReliableMq subject;

        Ours(BenchmarkDatabase database) {
            super(ReliableMq.NAME, database);
            subject = new ReliableMq(database);
            launch();
        }

        @Override
        void begin(int rows, boolean ordered, int ackMillis) throws InterruptedException {
            subject.fill(0, ordered);
            for (NodeProcess process : processes) {
                process.start(rows, ordered, ackMillis);
            }
            int half = subject.lanes() / NODES;
            await("two nodes have half of the lanes each", () -> subject.lanesByOwner()
                    .equals(List.of(half, half)));
            subject.fillAtOnce(rows, ordered);
        }
    }

    private static final class Limits extends Nodes {

        private final List<Limit> shares = new ArrayList<>();

        Limits(BenchmarkDatabase database) {
            super(Limit.NAME, database);
            for (int number = 0; number < NODES; number++) {
                shares.add(Limit.share(database, number));
            }
            launch();
        }

        @Override
        void begin(int rows, boolean ordered, int ackMillis) throws InterruptedException {
            for (int number = 0; number < NODES; number++) {
                database.empty(List.of(shares.get(number).table()));
                shares.get(number).fillShare(rows, ordered, number, NODES);
            }
            for (NodeProcess process : processes) {
                process.start(rows, ordered, ackMillis);
            }
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(String what, Condition condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("Not within five minutes: " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
