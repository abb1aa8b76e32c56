package io.reliablemq.benchmarks.write;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.outbox.write.OutboxTransactionManagerPostProcessor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions of a business that inserts one order each. */
public final class BusinessTransactions implements AutoCloseable {

    private static final int MAX_THREADS = 32;
    /** For the business's threads, and for a peer whose relay must use the same DataSource as the business. */
    private static final int CONNECTIONS = 48;

    private static final long RETRY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long MAX_PAUSE_MICROS = 100_000;
    private static final String ORDERS = "customer_order";
    private static final String INSERT = "INSERT INTO " + ORDERS + " (customer, amount_cents) VALUES (?, ?)";
    private static final long AMOUNT = 12_990;

    private final BenchmarkDatabase database;
    private final DataSource dataSource;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate plain;
    private final TransactionTemplate withOutbox;
    private final ExecutorService executor = Executors.newFixedThreadPool(MAX_THREADS);
    private final AtomicInteger sequence = new AtomicInteger();

    /** Creates the table of the orders. */
    public BusinessTransactions(BenchmarkDatabase database) {
        this.database = database;
        dataSource = database.pool(CONNECTIONS);
        jdbc = new JdbcTemplate(dataSource);
        plain = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        DataSourceTransactionManager manager = new DataSourceTransactionManager(dataSource);
        OutboxTransactionManagerPostProcessor.listenTo(manager, "benchmark");
        withOutbox = new TransactionTemplate(manager);
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

    /** One transaction of Spring's, by the calling thread: the order, then the message. */
    public void transact(int number, Runnable message) {
        transact(plain, number, message);
    }

    /** The same, with a transaction manager that tells our outbox of a commit to come. */
    public void transactWithOutbox(int number, Runnable message) {
        transact(withOutbox, number, message);
    }

    /** For a transaction that is not Spring's. */
    public void insertOrder(Connection connection, int number) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, customer(number));
            statement.setLong(2, AMOUNT);
            statement.executeUpdate();
        }
    }

    /**
     * Runs the writer's transaction until it is committed, for a minute at most, by the calling thread. Pauses after each
     * deadlock for a random time that grows: else many threads that write to an empty table with gap locks would never end.
     *
     * @return how often it was a victim of a deadlock before
     */
    public int commit(Writer writer, int number) {
        long start = System.nanoTime();
        for (int rolledBack = 0; ; rolledBack++) {
            try {
                writer.transaction().run(number);
                return rolledBack;
            } catch (PessimisticLockingFailureException e) {
                if (System.nanoTime() - start > RETRY_NANOS) {
                    throw e;
                }
                long pause = Math.min(MAX_PAUSE_MICROS, 500L << Math.min(rolledBack, 8));
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(pause * 1_000));
            }
        }
    }

    /**
     * Lets the threads run transactions for that long, at least one each, then checks that there are as many messages as orders, and deletes
     * both.
     *
     * @param threads 32 at most
     * @throws IllegalStateException when there are not
     */
    public Slice measure(Writer writer, int threads, Duration time) throws Exception {
        long start = System.nanoTime();
        long end = start + time.toNanos();
        List<Callable<Slice>> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(() -> runUntil(end, writer));
        }
        Slice all = new Slice(0, 0, 0);
        for (Future<Slice> worker : executor.invokeAll(workers)) {
            all = all.plus(worker.get());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        check(ORDERS, all.committed());
        if (writer.table() != null) {
            check(writer.table(), all.committed());
        }
        return new Slice(all.committed(), all.rolledBack(), seconds);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private void transact(TransactionTemplate template, int number, Runnable message) {
        template.executeWithoutResult(status -> {
            jdbc.update(INSERT, customer(number), AMOUNT);
            message.run();
        });
    }

    private static String customer(int number) {
        return "c-" + number;
    }

    private Slice runUntil(long end, Writer writer) {
        int committed = 0;
        int rolledBack = 0;
        do {
            rolledBack += commit(writer, sequence.getAndIncrement());
            committed++;
        } while (System.nanoTime() - end < 0);
        return new Slice(committed, rolledBack, 0);
    }

    private void check(String table, long expected) {
        Long rows = jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Long.class);
        if (rows == null || rows != expected) {
            throw new IllegalStateException(
                    expected + " transactions were committed, but " + table + " has " + rows + " rows");
        }
        database.empty(List.of(table));
    }
}
