package io.reliablemq.benchmarks.write;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.outbox.write.OutboxTransactionManagerPostProcessor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions of a business that inserts one order each. */
public final class BusinessTransactions implements AutoCloseable {

    /** Also the number of connections. */
    public static final int MAX_THREADS = 32;

    private static final String ORDERS = "customer_order";

    private final BenchmarkDatabase database;
    private final DataSource dataSource;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate plain;
    private final TransactionTemplate listening;
    private final ExecutorService executor = Executors.newFixedThreadPool(MAX_THREADS);
    private final AtomicInteger sequence = new AtomicInteger();

    /** Creates the table of the orders. */
    public BusinessTransactions(BenchmarkDatabase database) {
        this.database = database;
        dataSource = database.pool(MAX_THREADS);
        jdbc = new JdbcTemplate(dataSource);
        plain = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        DataSourceTransactionManager manager = new DataSourceTransactionManager(dataSource);
        OutboxTransactionManagerPostProcessor.listenTo(manager, "benchmark");
        listening = new TransactionTemplate(manager);
        database.execute("CREATE TABLE " + ORDERS + " (id BIGINT "
                + (database.isPostgreSql() ? "GENERATED ALWAYS AS IDENTITY" : "NOT NULL AUTO_INCREMENT")
                + " PRIMARY KEY, customer VARCHAR(64) NOT NULL, amount_cents BIGINT NOT NULL)");
    }

    /** What the transactions are bound to. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** Works on the connection of the current transaction. */
    public JdbcTemplate jdbc() {
        return jdbc;
    }

    /**
     * Lets the threads run transactions for that long, then checks that there are as many messages as orders, and deletes
     * both.
     *
     * @return committed transactions per second
     */
    public double rate(Writer writer, int threads, Duration slice) throws Exception {
        long start = System.nanoTime();
        long end = start + slice.toNanos();
        List<Callable<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(() -> runUntil(end, writer));
        }
        int committed = 0;
        for (Future<Integer> worker : executor.invokeAll(workers)) {
            committed += worker.get();
        }
        double rate = committed * 1e9 / (System.nanoTime() - start);
        check(ORDERS, committed);
        if (writer.table() != null) {
            check(writer.table(), committed);
        }
        return rate;
    }

    /** One transaction of the writer, by the calling thread. */
    public void once(Writer writer, int number) {
        (writer.listening() ? listening : plain).executeWithoutResult(status -> {
            jdbc.update("INSERT INTO " + ORDERS + " (customer, amount_cents) VALUES (?, ?)", "c-" + number, 12_990);
            writer.message().write(number);
        });
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private int runUntil(long end, Writer writer) {
        int committed = 0;
        while (System.nanoTime() - end < 0) {
            once(writer, sequence.getAndIncrement());
            committed++;
        }
        return committed;
    }

    private void check(String table, int expected) {
        Integer rows = jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
        if (rows == null || rows != expected) {
            throw new IllegalStateException(
                    expected + " transactions were committed, but " + table + " has " + rows + " rows");
        }
        database.empty(List.of(table));
    }
}
