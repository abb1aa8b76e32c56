package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.broker.BenchmarkBroker;
import io.reliablemq.benchmarks.broker.RawReceive;
import io.reliablemq.benchmarks.consume.Acknowledged;
import io.reliablemq.benchmarks.consume.Consumer;
import io.reliablemq.benchmarks.consume.Effects;
import io.reliablemq.benchmarks.consume.EmptyContainer;
import io.reliablemq.benchmarks.consume.HandWritten;
import io.reliablemq.benchmarks.consume.Listening;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.consumer.spi.MessageReceiverFactory;

/**
 * How fast a backlog in the real embedded broker is consumed, in messages per second. Without a database: our container, whose
 * messages are done with at once, beside the client's own receives and acknowledgements ({@code none}), unordered and FIFO. With
 * one: ours, each message by itself and coalesced, beside a hand-written consumer with dedup ({@code limit}). And ours on the classic
 * client beside ours on gRPC.
 */
final class ReceiveScenario implements Scenario {

    private static final int THREADS = 8;
    private static final int COALESCED = 32;
    private static final String REMOTING = ", remoting";

    @Override
    public String name() {
        return "receive";
    }

    @Override
    public Point reference(Point point) {
        if (point.variant().endsWith(REMOTING)) {
            return point.withVariant(point.variant().replace(REMOTING, ""));
        }
        return point.variant().startsWith("effects")
                ? point.withSubject("limit").withVariant("effects")
                : point.withSubject("none");
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        int messages = options.peerRows();
        Effects effects = new Effects(database);
        Listening each = Listening.each(database, effects);
        HandWritten hand = HandWritten.withDedup(database, effects);
        BenchmarkBroker broker = BenchmarkBroker.running(options.replicas());
        try (RawReceive raw = new RawReceive(broker, BenchmarkBroker.group("raw", false), false);
                RawReceive rawFifo = new RawReceive(broker, BenchmarkBroker.group("raw", true), true)) {
            int[] next = {0};
            new Repetitions(options, results).of(samples -> {
                for (boolean ordered : new boolean[] {false, true}) {
                    broker.fill(next[0], messages, ordered);
                    String variant = ordered ? "FIFO" : "unordered";
                    samples.accept(point(database, "none", variant), (ordered ? rawFifo : raw).rate(messages, 1));
                    samples.accept(
                            point(database, ReliableMq.NAME, variant),
                            rate(new EmptyContainer(ordered), broker.receivers(), "container", ordered, messages));
                    samples.accept(
                            point(database, ReliableMq.NAME, variant + REMOTING),
                            rate(
                                    new EmptyContainer(ordered),
                                    broker.remotingReceivers(),
                                    "container-remoting",
                                    ordered,
                                    messages));
                }
                samples.accept(
                        point(database, "limit", "effects"),
                        applied(effects, hand, broker.receivers(), "limit", messages));
                samples.accept(
                        point(database, ReliableMq.NAME, "effects"),
                        applied(effects, each, broker.receivers(), "each", messages));
                samples.accept(
                        point(database, ReliableMq.NAME, "effects, coalesced"),
                        applied(effects, each.coalescing(COALESCED), broker.receivers(), "coalesced", messages));
                samples.accept(
                        point(database, ReliableMq.NAME, "effects, coalesced" + REMOTING),
                        applied(
                                effects,
                                each.coalescing(COALESCED),
                                broker.remotingReceivers(),
                                "coalesced-remoting",
                                messages));
                next[0] += messages;
            });
        }
    }

    private static double applied(
            Effects effects, Consumer consumer, MessageReceiverFactory receivers, String group, int messages)
            throws InterruptedException {
        double rate = rate(consumer, receivers, group, false, messages);
        effects.verify(messages);
        return rate;
    }

    private static double rate(
            Consumer consumer, MessageReceiverFactory receivers, String group, boolean ordered, int messages)
            throws InterruptedException {
        Acknowledged acknowledged = new Acknowledged(receivers, messages);
        long start = System.nanoTime();
        try (Consumer.Running running = consumer.start(
                acknowledged, BenchmarkBroker.receiveTopic(ordered), BenchmarkBroker.group(group, ordered), THREADS)) {
            acknowledged.await();
            return messages * 1e9 / (System.nanoTime() - start);
        }
    }

    private static Point point(BenchmarkDatabase database, String subject, String variant) {
        return new Point(database.name(), subject, variant, "consume", "messages/s");
    }
}
