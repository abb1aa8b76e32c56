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
import java.util.function.ObjDoubleConsumer;

/**
 * How fast a prepared backlog is drained into the real embedded broker, in rows per second, beside the same client's own
 * sends without a database ({@code none}): unordered with the same window in flight, ordered with one in flight per key; the classic
 * client's in batches. For the classic client also how many times as fast it is, in ratios of samples that were taken together.
 */
final class BrokerScenario implements Scenario {

    private static final String NONE = "none";
    private static final String REMOTING = ", remoting";
    private static final String RATES = "rows/s";
    /** So many times the rows for the classic client, which sends so many more in the same time. */
    private static final int BATCHED = 5;

    @Override
    public String name() {
        return "broker";
    }

    @Override
    public Point reference(Point point) {
        return point.unit().equals(RATES) ? point.withSubject(NONE) : point;
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        int rows = options.peerRows();
        ReliableMq ours = new ReliableMq(database);
        BenchmarkBroker broker = BenchmarkBroker.running(options.replicas());
        String copies = options.replicas() == 1 ? "" : ", " + options.replicas() + " replicas";
        try (RawSend raw = new RawSend(broker);
                RawBatches batches = new RawBatches(broker)) {
            new Repetitions(options, results).of(samples -> {
                for (boolean ordered : new boolean[] {false, true}) {
                    Order order = new Order(database.name(), (ordered ? "ordered" : "unordered") + copies, samples);
                    order.add(NONE, "", raw.rate(rows, ordered, ours.window()));
                    double grpc = drain(database, ours, new Target(broker, ordered, broker.sender()), rows);
                    order.add(ours.name(), "", grpc);
                    double none = batches.rate(rows * BATCHED, ordered);
                    order.add(NONE, REMOTING, none);
                    double remoting =
                            drain(database, ours, new Target(broker, ordered, broker.remotingSender()), rows * BATCHED);
                    order.add(ours.name(), REMOTING, remoting);
                    order.addTimes(ours.name(), "none's", remoting / none);
                    order.addTimes(ours.name(), "gRPC's", remoting / grpc);
                }
            });
        }
    }

    /** The samples of one order in one repetition. */
    private record Order(String database, String name, ObjDoubleConsumer<Point> samples) {

        void add(String subject, String client, double rate) {
            samples.accept(new Point(database, subject, name + client, "drain", RATES), rate);
        }

        void addTimes(String subject, String whose, double times) {
            samples.accept(new Point(database, subject, name + REMOTING, "drain of " + whose, "times"), times);
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
}
