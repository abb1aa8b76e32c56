package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.consume.Consumer;
import io.reliablemq.benchmarks.consume.Effects;
import io.reliablemq.benchmarks.consume.Feed;
import io.reliablemq.benchmarks.consume.Listening;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import java.time.Duration;
import java.util.List;

/**
 * Whether a past slows a listener down: effects per second from a broker in memory, each message by itself and coalesced, with
 * 10,000,000 dedup records, beside an empty inbox.
 */
final class InboxScenario implements Scenario {

    private static final int RECORDS = 10_000_000;
    private static final int THREADS = 8;
    private static final int COALESCED = 32;
    private static final Duration SLICE = Duration.ofSeconds(5);
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "inbox";
    }

    @Override
    public Point reference(Point point) {
        return point.withVariant(point.variant().replaceFirst("^\\d+", "0"));
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        Feed feed = new Feed();
        Duration slice = options.smoke() ? Duration.ofMillis(50) : SLICE;
        try (BenchmarkDatabase other = database.another()) {
            List<Inbox> inboxes =
                    List.of(Inbox.with(database, 0), Inbox.with(other, options.smoke() ? 10_000 : RECORDS));
            if (!options.smoke()) {
                for (Inbox inbox : inboxes) {
                    inbox.measure(inbox.each, feed, WARM_UP);
                }
            }
            new Repetitions(options, results).of(samples -> {
                for (int coalesced : new int[] {1, COALESCED}) {
                    for (Inbox inbox : inboxes) {
                        Listening consumer = inbox.each.coalescing(coalesced);
                        samples.accept(point(database, consumer, inbox.records), inbox.measure(consumer, feed, slice));
                    }
                }
            });
        }
    }

    /** A database with so many dedup records. */
    private record Inbox(Effects effects, Listening each, int records) {

        static Inbox with(BenchmarkDatabase database, int records) {
            Effects effects = new Effects(database);
            Listening each = Listening.each(database, effects);
            Listening.record(database, records);
            return new Inbox(effects, each, records);
        }

        double measure(Consumer consumer, Feed feed, Duration time) throws InterruptedException {
            return InboxScenario.measure(effects, consumer, feed, time);
        }
    }

    private static double measure(Effects effects, Consumer consumer, Feed feed, Duration time)
            throws InterruptedException {
        Feed.Consumed consumed;
        try (Consumer.Running running = consumer.start(feed, Feed.TOPIC, Feed.GROUP, THREADS)) {
            consumed = feed.flow(time);
        }
        effects.verify(consumed.messages());
        return consumed.perSecond();
    }

    private static Point point(BenchmarkDatabase database, Consumer consumer, int records) {
        String more = consumer.variant().isEmpty() ? "" : ", " + consumer.variant();
        return new Point(database.name(), consumer.subject(), records + " records" + more, "effects", "effects/s");
    }
}
