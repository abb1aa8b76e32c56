package io.reliablemq.benchmarks.subject;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.load.Payloads;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import javax.sql.DataSource;

/**
 * com.gruelbox transaction-outbox: 32 threads, a flush loop without pauses for a backlog, else submitted right after the
 * commit; no MDC. Version 4 has no ordered topics.
 */
public final class TransactionOutboxPeer implements RelaySubject {

    private static final String TABLE = "TXNO_OUTBOX";
    private static final int THREADS = 32;
    private static final int WRITE_BATCH = 500;
    private static final int FLUSH_BATCH = 4_096;
    /** So long that nothing is attempted twice. */
    private static final Duration ATTEMPT_FREQUENCY = Duration.ofMinutes(10);

    private final BenchmarkDatabase database;
    private final DataSource dataSource;

    public TransactionOutboxPeer(BenchmarkDatabase database) {
        this(database, database.pool(THREADS + 2));
    }

    /** The same on the DataSource of the business, which must have a connection for each of 32 relay threads as well. */
    public TransactionOutboxPeer(BenchmarkDatabase database, DataSource dataSource) {
        this.database = database;
        this.dataSource = dataSource;
    }

    /** What is written to the outbox: calls of this. */
    public interface Sender {
        void send(String payload);
    }

    @Override
    public String name() {
        return "transaction-outbox";
    }

    @Override
    public boolean ordersKeys() {
        return false;
    }

    @Override
    public String table() {
        return TABLE;
    }

    @Override
    public void fill(int rows, boolean ordered) {
        TransactionManager transactions = TransactionManager.fromDataSource(dataSource);
        // written yesterday and not submitted, so that all is due when the relay starts
        Clock yesterday = Clock.offset(Clock.systemUTC(), Duration.ofDays(-1));
        TransactionOutbox outbox = outbox(transactions, payload -> {}, yesterday, (entry, executor) -> {});
        database.empty(List.of(TABLE));
        for (int from = 0; from < rows; from += WRITE_BATCH) {
            int first = from;
            int end = Math.min(rows, from + WRITE_BATCH);
            transactions.inTransaction(() -> {
                for (int sequence = first; sequence < end; sequence++) {
                    outbox.schedule(Sender.class).send(Payloads.of(sequence));
                }
            });
        }
    }

    @Override
    public Drain start(Deliveries deliveries, int rows, boolean ordered) {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        TransactionOutbox outbox = outbox(
                TransactionManager.fromDataSource(dataSource),
                payload -> deliveries
                        .send(Payloads.sequence(payload))
                        .toCompletableFuture()
                        .join(),
                Clock.systemUTC(),
                Submitter.withExecutor(executor));
        Thread flusher = new Thread(() -> flushAll(outbox), "transaction-outbox-flush");
        flusher.setDaemon(true);
        flusher.start();
        return new Drain() {
            @Override
            public void awaitEmpty() throws InterruptedException {
                deliveries.awaitAll(10, TimeUnit.MINUTES);
                database.awaitEmpty(TABLE, 1, TimeUnit.MINUTES);
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }

    /** Starts it without a relay: nobody sends what is committed. Creates the table. */
    public Running writeOnly() {
        TransactionManager transactions = TransactionManager.fromDataSource(dataSource);
        TransactionOutbox outbox = outbox(transactions, payload -> {}, Clock.systemUTC(), (entry, executor) -> {});
        return new Running(transactions, outbox, () -> {});
    }

    /** Starts it so that its threads call the handler with the number of each message, beginning right after the commit. */
    public Running relaying(IntConsumer handler) {
        TransactionManager transactions = TransactionManager.fromDataSource(dataSource);
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        TransactionOutbox outbox = outbox(
                transactions,
                payload -> handler.accept(Payloads.sequence(payload)),
                Clock.systemUTC(),
                Submitter.withExecutor(executor));
        return new Running(transactions, outbox, executor::shutdownNow);
    }

    /** Started. Its transactions are its own: the business has to work inside of them. */
    public static final class Running implements AutoCloseable {

        private final TransactionManager transactions;
        private final TransactionOutbox outbox;
        private final Runnable end;

        private Running(TransactionManager transactions, TransactionOutbox outbox, Runnable end) {
            this.transactions = transactions;
            this.outbox = outbox;
            this.end = end;
        }

        /**
         * Runs one transaction: what the business does, then the message.
         *
         * @param committed called as soon as the database has committed, before the message is submitted
         */
        public void transact(Business business, int sequence, Runnable committed) {
            try {
                transactions.inTransactionThrows(transaction -> {
                    business.work(transaction.connection());
                    transaction.addPostCommitHook(committed);
                    outbox.schedule(Sender.class).send(Payloads.of(sequence));
                });
            } catch (SQLException e) {
                throw new IllegalStateException("The transaction of message " + sequence + " was rolled back", e);
            }
        }

        @Override
        public void close() {
            end.run();
        }
    }

    /** What a business does in its transaction. */
    @FunctionalInterface
    public interface Business {
        void work(Connection connection) throws SQLException;
    }

    private static void flushAll(TransactionOutbox outbox) {
        boolean more = true;
        while (more) {
            more = outbox.flush();
        }
    }

    private TransactionOutbox outbox(TransactionManager transactions, Sender sender, Clock clock, Submitter submitter) {
        return TransactionOutbox.builder()
                .transactionManager(transactions)
                .persistor(Persistor.forDialect(database.isPostgreSql() ? Dialect.POSTGRESQL_9 : Dialect.MY_SQL_8))
                .instantiator(Instantiator.using(type -> sender))
                .submitter(submitter)
                .attemptFrequency(ATTEMPT_FREQUENCY)
                .clockProvider(() -> clock)
                .flushBatchSize(FLUSH_BATCH)
                .serializeMdc(false)
                .build();
    }
}
