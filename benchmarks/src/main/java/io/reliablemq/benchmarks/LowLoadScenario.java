package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.consume.Consumer;
import io.reliablemq.benchmarks.consume.Effects;
import io.reliablemq.benchmarks.consume.Feed;
import io.reliablemq.benchmarks.consume.HandWritten;
import io.reliablemq.benchmarks.consume.Listening;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.latency.Latencies;
import io.reliablemq.benchmarks.latency.SteadyLoad;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long a message takes from the broker in memory to its acknowledgement, after the commit of its effect, in milliseconds, at
 * 200 messages per second: what waiting for others to commit with would show in.
 */
final class LowLoadScenario implements Scenario {

    private static final int SECONDS = 10;
    private static final int THREADS = 8;
    private static final int COALESCED = 32;

    @Override
    public String name() {
        return "low-load";
    }

    @Override
    public Point reference(Point point) {
        return point.withSubject("limit").withVariant("");
    }

    @Override
    public void run(BenchmarkDatabase database, Options options, Results results) throws Exception {
        Effects effects = new Effects(database);
        Listening each = Listening.each(database, effects);
        List<Consumer> consumers = List.of(HandWritten.withDedup(database, effects), each, each.coalescing(COALESCED));
        int messages = SteadyLoad.PER_SECOND * (options.smoke() ? 1 : SECONDS);
        int[] first = {0};
        new Repetitions(options, results).of(samples -> {
            for (Consumer consumer : consumers) {
                Latencies latencies = measure(consumer, first[0], messages);
                first[0] += messages;
                effects.verify(messages);
                samples.accept(point(database, consumer, "p50"), latencies.percentile(0.50));
                samples.accept(point(database, consumer, "p99"), latencies.percentile(0.99));
            }
        });
    }

    private static Latencies measure(Consumer consumer, int first, int messages) throws Exception {
        Latencies latencies = new Latencies(messages);
        Feed feed = new Feed(first, number -> latencies.arrived(number - first));
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (Consumer.Running running = consumer.start(feed, Feed.TOPIC, Feed.GROUP, THREADS)) {
            AtomicInteger offered = new AtomicInteger();
            Future<?> offering = clock.scheduleAtFixedRate(
                    () -> {
                        int number = offered.getAndIncrement();
                        if (number < messages) {
                            latencies.committed(number);
                            feed.offer();
                        }
                    },
                    0,
                    1_000_000 / SteadyLoad.PER_SECOND,
                    TimeUnit.MICROSECONDS);
            latencies.await(Duration.ofMinutes(1));
            offering.cancel(false);
        } finally {
            clock.shutdownNow();
        }
        latencies.verify(false);
        return latencies;
    }

    private static Point point(BenchmarkDatabase database, Consumer consumer, String metric) {
        return new Point(database.name(), consumer.subject(), consumer.variant(), metric, "ms");
    }
}
