package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.broker.BenchmarkBroker;
import io.reliablemq.benchmarks.broker.RawBatches;
import io.reliablemq.benchmarks.broker.RawSend;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.RelaySubject;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.SendOutcome;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast a prepared backlog is drained into the real embedded broker, in rows per second, beside the same client's own
 * sends without a database ({@code none}): unordered with the same window in flight, ordered with one in flight per key; the classic
 * client's in batches.
 */
final class BrokerScenario implements Scenario {

    @Override
    public String name() {
        return "broker";
    }

    @Override
    public Point reference(Point point) {
        return point.withSubject("none");
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        int rows = options.peerRows();
        ReliableMq ours = new ReliableMq(database);
        BenchmarkBroker broker = BenchmarkBroker.running();
        try (RawSend raw = new RawSend(broker);
                RawBatches batches = new RawBatches(broker)) {
            new Repetitions(options, results).of(samples -> {
                for (boolean ordered : new boolean[] {false, true}) {
                    samples.accept(point(database, "none", ordered), raw.rate(rows, ordered, ours.window()));
                    samples.accept(
                            point(database, ours.name(), ordered),
                            drain(database, ours, new Target(broker, ordered, broker.sender()), rows));
                    samples.accept(remoting(database, "none", ordered), batches.rate(rows, ordered));
                    samples.accept(
                            remoting(database, ours.name(), ordered),
                            drain(database, ours, new Target(broker, ordered, broker.remotingSender()), rows));
                }
            });
        }
    }

    /** @param through one of the broker's two clients */
    private record Target(BenchmarkBroker broker, boolean ordered, MessageSender through) {}

    private static double drain(BenchmarkDatabase database, ReliableMq ours, Target target, int rows)
            throws InterruptedException {
        ours.fill(rows, target.ordered(), target.broker().topic(target.ordered()));
        database.settle(ours.table());
        AtomicLong first = new AtomicLong();
        AtomicIntegerArray stored = new AtomicIntegerArray(rows);
        MessageSender sender = message -> {
            first.compareAndSet(0, System.nanoTime());
            return target.through().send(message).whenComplete((outcome, failure) -> {
                if (outcome instanceof SendOutcome.Stored) {
                    stored.incrementAndGet(Payloads.sequence(message.payload()));
                }
            });
        };
        long nanos;
        try (RelaySubject.Drain drain = ours.start(sender, rows)) {
            drain.awaitEmpty();
            nanos = System.nanoTime() - first.get();
        }
        requireOnce(stored);
        return rows * 1e9 / nanos;
    }

    private static void requireOnce(AtomicIntegerArray stored) {
        for (int i = 0; i < stored.length(); i++) {
            if (stored.get(i) != 1) {
                throw new IllegalStateException(
                        "Message " + i + " was acknowledged " + stored.get(i) + " times instead of once");
            }
        }
    }

    private static Point remoting(BenchmarkDatabase database, String subject, boolean ordered) {
        Point grpc = point(database, subject, ordered);
        return grpc.withVariant(grpc.variant() + ", remoting");
    }

    private static Point point(BenchmarkDatabase database, String subject, boolean ordered) {
        return new Point(database.name(), subject, ordered ? "ordered" : "unordered", "drain", "rows/s");
    }
}
