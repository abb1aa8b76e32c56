package io.reliablemq.benchmarks.latency;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.write.BusinessTransactions;
import io.reliablemq.benchmarks.write.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** 200 business transactions per second; those whose messages have the same key follow each other, as if they locked a row. */
public final class SteadyLoad implements AutoCloseable {

    public static final int PER_SECOND = 200;

    private static final int THREADS = 8;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final BenchmarkDatabase database;
    private final BusinessTransactions business;
    private final int messages;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(THREADS);
    private final List<Object> keys =
            Stream.generate(Object::new).limit(Keys.COUNT).toList();

    /** @param messages of one run */
    public SteadyLoad(BenchmarkDatabase database, BusinessTransactions business, int messages) {
        this.database = database;
        this.business = business;
        this.messages = messages;
    }

    /** A run: the writer whose messages were timed, and their times. */
    public record Measured(Writer writer, Latencies latencies) {}

    /**
     * Starts the outbox, lets the transactions run, waits for their messages, and stops the outbox.
     *
     * @throws IllegalStateException when a message was lost, came twice or, if it promises order, overtook another of its key
     */
    public Measured measure(Sending.Start outbox, boolean ordered) throws Exception {
        Latencies latencies = new Latencies(messages);
        Writer writer;
        try (Sending sending = outbox.recordingTo(latencies)) {
            writer = sending.writer();
            transact(writer);
            latencies.await(TIMEOUT);
            if (writer.table() != null) {
                database.awaitEmpty(writer.table(), TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        latencies.verify(ordered);
        return new Measured(writer, latencies);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private void transact(Writer writer) throws Exception {
        List<Future<?>> transactions = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            int number = i;
            transactions.add(
                    clock.schedule(() -> transact(writer, number), i * 1_000L / PER_SECOND, TimeUnit.MILLISECONDS));
        }
        for (Future<?> transaction : transactions) {
            transaction.get();
        }
    }

    private void transact(Writer writer, int number) {
        synchronized (keys.get(Keys.indexOf(number))) {
            business.commit(writer, number);
        }
    }
}
