package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.subject.LimitTable.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A single reader pages through the table by range, a second thread sends asynchronously, a third deletes what is
 * acknowledged, one statement per batch. Ordered rows have one send in flight per key and no barrier between pages. It
 * knows no failure, no second process and no late commit.
 */
final class LimitRelay implements AutoCloseable {

    private static final int PAGE = 2_000;
    private static final int PAGES_AHEAD = 2;
    /** As many as Reliable MQ has in flight, and in memory, by default. */
    private static final int WINDOW = 512;

    private static final int HELD = 16_384;
    private static final int DELETE_BATCH = 4_000;
    private static final int LOOK_BACK = 100;

    private final DataSource dataSource;
    private final LimitTable table;
    private final IntFunction<CompletionStage<Void>> sender;
    private final IntConsumer deleted;
    private final BlockingQueue<List<Row>> pages;
    private final BlockingQueue<Long> acknowledged = new LinkedBlockingQueue<>();
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Semaphore window;
    private final Semaphore wakeUps = new Semaphore(0);
    private final List<Thread> threads;

    /** Where its rows come from. */
    private enum Source {
        /** A backlog, page after page. */
        BACKLOG,
        /** The table, each time that it is woken: what is there and not taken yet. */
        WOKEN,
        /** What it is offered. */
        OFFERED
    }

    private LimitRelay(
            DataSource dataSource,
            LimitTable table,
            IntFunction<CompletionStage<Void>> sender,
            boolean ordered,
            IntConsumer deleted,
            Source source) {
        this.dataSource = dataSource;
        this.table = table;
        this.sender = sender;
        this.deleted = deleted;
        pages = new LinkedBlockingQueue<>(source == Source.BACKLOG ? PAGES_AHEAD : Integer.MAX_VALUE);
        window = new Semaphore(ordered ? HELD : WINDOW);
        threads = new ArrayList<>(List.of(thread("limit-send", this::send), thread("limit-delete", this::delete)));
        if (source != Source.OFFERED) {
            threads.add(thread("limit-read", source == Source.BACKLOG ? this::read : this::readWhenWoken));
        }
    }

    /** Sends what is in the table. */
    static LimitRelay reading(
            DataSource dataSource,
            LimitTable table,
            IntFunction<CompletionStage<Void>> sender,
            boolean ordered,
            IntConsumer deleted) {
        return new LimitRelay(dataSource, table, sender, ordered, deleted, Source.BACKLOG);
    }

    /** Reads the table when it is woken. */
    static LimitRelay woken(
            DataSource dataSource, LimitTable table, IntFunction<CompletionStage<Void>> sender, boolean ordered) {
        return new LimitRelay(dataSource, table, sender, ordered, count -> {}, Source.WOKEN);
    }

    /** Never reads the table: sends what it is offered. */
    static LimitRelay offered(
            DataSource dataSource, LimitTable table, IntFunction<CompletionStage<Void>> sender, boolean ordered) {
        return new LimitRelay(dataSource, table, sender, ordered, count -> {}, Source.OFFERED);
    }

    void offer(Row row) {
        pages.add(List.of(row));
    }

    /** Something has been committed. */
    void wake() {
        wakeUps.release();
    }

    /** Ends by interruption. */
    private interface Loop {
        void run() throws InterruptedException, SQLException;
    }

    /** The rows of one key: the first is in flight. */
    private static final class Lane {
        final Queue<Row> waiting = new ArrayDeque<>();
        boolean busy;
    }

    void start() {
        threads.forEach(Thread::start);
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void read() throws InterruptedException, SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = table.prepareRead(connection)) {
            long last = 0;
            for (List<Row> page = table.read(statement, last, PAGE);
                    !page.isEmpty();
                    page = table.read(statement, last, PAGE)) {
                last = page.get(page.size() - 1).id();
                pages.put(page);
            }
        }
    }

    /** Looks some ids back for what was committed later than a higher one. */
    private void readWhenWoken() throws InterruptedException, SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = table.prepareRead(connection)) {
            NavigableSet<Long> taken = new TreeSet<>();
            while (true) {
                wakeUps.acquire();
                wakeUps.drainPermits();
                long last = taken.isEmpty() ? 0 : taken.last();
                List<Row> found = table.read(statement, last - LOOK_BACK, PAGE);
                pages.put(found.stream().filter(row -> taken.add(row.id())).toList());
                taken.headSet(last - LOOK_BACK).clear();
            }
        }
    }

    private void send() throws InterruptedException {
        while (true) {
            for (Row row : pages.take()) {
                window.acquire();
                String key = row.message().orderingKey();
                if (key == null) {
                    send(row, null);
                } else {
                    enqueue(row, lanes.computeIfAbsent(key, k -> new Lane()));
                }
            }
        }
    }

    private void enqueue(Row row, Lane lane) {
        synchronized (lane) {
            if (lane.busy) {
                lane.waiting.add(row);
                return;
            }
            lane.busy = true;
        }
        send(row, lane);
    }

    private void send(Row row, @Nullable Lane lane) {
        sender.apply(row.message().sequence()).thenRun(() -> {
            acknowledged.add(row.id());
            window.release();
            if (lane != null) {
                next(lane);
            }
        });
    }

    private void next(Lane lane) {
        Row next;
        synchronized (lane) {
            next = lane.waiting.poll();
            lane.busy = next != null;
        }
        if (next != null) {
            send(next, lane);
        }
    }

    private void delete() throws InterruptedException, SQLException {
        try (Connection connection = dataSource.getConnection()) {
            List<Long> batch = new ArrayList<>(DELETE_BATCH);
            while (true) {
                batch.add(acknowledged.take());
                acknowledged.drainTo(batch, DELETE_BATCH - 1);
                deleted.accept(table.delete(connection, batch));
                batch.clear();
            }
        }
    }

    private static Thread thread(String name, Loop loop) {
        Thread thread = new Thread(
                () -> {
                    try {
                        loop.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (SQLException e) {
                        throw new IllegalStateException(name + " failed", e);
                    }
                },
                name);
        thread.setDaemon(true);
        return thread;
    }
}
