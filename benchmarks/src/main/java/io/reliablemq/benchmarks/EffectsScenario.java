package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.consume.Consumer;
import io.reliablemq.benchmarks.consume.Effects;
import io.reliablemq.benchmarks.consume.Feed;
import io.reliablemq.benchmarks.consume.HandWritten;
import io.reliablemq.benchmarks.consume.Listening;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many effects a consumer applies per second, each an INSERT and an UPDATE, from a broker in memory: hand-written without
 * dedup ({@code none}) and with it ({@code limit}), one transaction per message and many in one; ours the same two ways; by 1, 8 and
 * 32 threads, or as many as asked for. A sample is several short slices, the consumers taking turns.
 */
final class EffectsScenario implements Scenario {

    private static final int COALESCED = 32;
    private static final int SLICES = 4;
    /** After so long, no compiler thread takes a noticeable share of the processor any more. */
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private static final int WARM_UP_THREADS = 8;
    /** Not counted: threads are started, and the database is looked at. */
    private static final Duration BEGINNING = Duration.ofMillis(50);

    @Override
    public String name() {
        return "effects";
    }

    @Override
    public Point reference(Point point) {
        return point.withSubject("limit").withVariant(point.variant().split(",", 2)[0]);
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        Effects effects = new Effects(database);
        Listening each = Listening.each(database, effects);
        List<Consumer> consumers = List.of(
                HandWritten.withoutDedup(database, effects),
                HandWritten.withDedup(database, effects),
                HandWritten.together(database, effects, COALESCED),
                each,
                each.coalescing(COALESCED),
                each.batching(COALESCED));
        Feed feed = new Feed();
        Duration slice = Duration.ofMillis(options.smoke() ? 50 : 500);
        int slices = options.smoke() ? 1 : SLICES;
        if (!options.smoke()) {
            for (Consumer consumer : consumers) {
                measure(effects, consumer, feed, WARM_UP_THREADS, WARM_UP);
            }
        }
        for (int threads : options.threads()) {
            new Repetitions(options, results).of(samples -> {
                Map<Consumer, Feed.Consumed> measured = new LinkedHashMap<>();
                for (int round = 0; round < slices; round++) {
                    for (Consumer consumer : consumers) {
                        measured.merge(consumer, measure(effects, consumer, feed, threads, slice), Feed.Consumed::plus);
                    }
                }
                measured.forEach((consumer, consumed) ->
                        samples.accept(point(database, consumer, threads), consumed.perSecond()));
            });
        }
    }

    private static Feed.Consumed measure(Effects effects, Consumer consumer, Feed feed, int threads, Duration slice)
            throws InterruptedException {
        Feed.Consumed begun;
        Feed.Consumed consumed;
        try (Consumer.Running running = consumer.start(feed, Feed.TOPIC, Feed.GROUP, threads)) {
            begun = feed.flow(BEGINNING);
            consumed = feed.flow(slice);
        }
        effects.verify(begun.messages() + consumed.messages());
        return consumed;
    }

    private static Point point(BenchmarkDatabase database, Consumer consumer, int threads) {
        String variant = threads + (threads == 1 ? " thread" : " threads");
        return new Point(
                database.name(),
                consumer.subject(),
                consumer.variant().isEmpty() ? variant : variant + ", " + consumer.variant(),
                "effects",
                "effects/s");
    }
}
