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
        Effects effects = new Effects(database);
        Listening each = Listening.each(database, effects);
        List<Listening> all = List.of(each, each.coalescing(COALESCED));
        Feed feed = new Feed();
        for (int records : new int[] {0, options.smoke() ? 10_000 : RECORDS}) {
            Listening.record(database, records);
            new Repetitions(options, results).of(samples -> {
                for (Listening consumer : all) {
                    samples.accept(
                            point(database, consumer, records),
                            measure(effects, consumer, feed, Duration.ofMillis(options.smoke() ? 50 : 5_000)));
                }
            });
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
