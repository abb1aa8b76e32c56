package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.broker.BenchmarkBroker;
import io.reliablemq.benchmarks.broker.RawPull;
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
import java.util.function.ObjDoubleConsumer;

/**
 * How fast a backlog in the real embedded broker is consumed, in messages per second. Without a database: our container, whose
 * messages are done with at once, beside the client's own receives and acknowledgements ({@code none}), unordered and FIFO. With
 * one: ours, each message by itself and coalesced, beside a hand-written consumer with dedup ({@code limit}). And ours on the classic
 * client beside ours on gRPC; {@code none} there is that client's own pull, which commits offsets.
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
        Effects effects = new Effects(database);
        Listening each = Listening.each(database, effects);
        HandWritten hand = HandWritten.withDedup(database, effects);
        BenchmarkBroker broker = BenchmarkBroker.running(options.replicas());
        try (RawReceive raw = new RawReceive(broker, BenchmarkBroker.group("raw", false), false);
                RawReceive rawFifo = new RawReceive(broker, BenchmarkBroker.group("raw", true), true)) {
            int[] next = {0};
            new Repetitions(options, results).of(samples -> {
                Round round = new Round(database.name(), broker, options.peerRows(), samples);
                broker.fill(next[0], round.messages(), false);
                round.withoutDatabase(raw, false);
                broker.fill(next[0], round.messages(), true);
                round.withoutDatabase(rawFifo, true);
                round.withEffects(effects, each, hand);
                next[0] += round.messages();
            });
        }
    }

    /** One repetition; each consumer has a group of its own, and so all messages. */
    private record Round(String database, BenchmarkBroker broker, int messages, ObjDoubleConsumer<Point> samples) {

        void withoutDatabase(RawReceive raw, boolean ordered) throws Exception {
            String variant = ordered ? "FIFO" : "unordered";
            EmptyContainer container = new EmptyContainer(ordered);
            add("none", variant, raw.rate(messages, 1));
            add(ReliableMq.NAME, variant, rate(container, broker.receivers(), "container", ordered));
            add("none", variant + REMOTING, pull(ordered));
            add(
                    ReliableMq.NAME,
                    variant + REMOTING,
                    rate(container, broker.remotingReceivers(), "container-remoting", ordered));
        }

        private double pull(boolean ordered) throws Exception {
            return new RawPull(broker, BenchmarkBroker.group("raw-remoting", ordered), ordered).rate(messages);
        }

        void withEffects(Effects effects, Listening each, HandWritten hand) throws InterruptedException {
            Consumer coalesced = each.coalescing(COALESCED);
            add("limit", "effects", applied(effects, hand, broker.receivers(), "limit"));
            add(ReliableMq.NAME, "effects", applied(effects, each, broker.receivers(), "each"));
            add(ReliableMq.NAME, "effects, coalesced", applied(effects, coalesced, broker.receivers(), "coalesced"));
            add(
                    ReliableMq.NAME,
                    "effects, coalesced" + REMOTING,
                    applied(effects, coalesced, broker.remotingReceivers(), "coalesced-remoting"));
        }

        private double applied(Effects effects, Consumer consumer, MessageReceiverFactory receivers, String group)
                throws InterruptedException {
            double rate = rate(consumer, receivers, group, false);
            effects.verify(messages);
            return rate;
        }

        private double rate(Consumer consumer, MessageReceiverFactory receivers, String group, boolean ordered)
                throws InterruptedException {
            Acknowledged acknowledged = new Acknowledged(receivers, messages);
            long start = System.nanoTime();
            try (Consumer.Running running = consumer.start(
                    acknowledged,
                    BenchmarkBroker.receiveTopic(ordered),
                    BenchmarkBroker.group(group, ordered),
                    THREADS)) {
                acknowledged.await();
                return messages * 1e9 / (System.nanoTime() - start);
            }
        }

        private void add(String subject, String variant, double rate) {
            samples.accept(new Point(database, subject, variant, "consume", "messages/s"), rate);
        }
    }
}
