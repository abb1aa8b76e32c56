package io.reliablemq.benchmarks.subject;

import io.namastack.outbox.Outbox;
import io.namastack.outbox.handler.OutboxRecordMetadata;
import io.namastack.outbox.handler.OutboxTypedHandler;
import io.namastack.outbox.partition.PartitionCoordinator;
import io.namastack.outbox.partition.PartitionHasher;
import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * namastack-outbox on JDBC: virtual threads where the JDK has them, else 32 threads; large batches, short polls, completed
 * records deleted; without order no look at earlier failures.
 *
 * <p>Order per key is what it promises on PostgreSQL only: elsewhere its timestamps have seconds.
 */
public final class NamastackPeer implements RelaySubject {

    public static final String NAME = "namastack";

    private static final String TABLE = "outbox_record";
    private static final List<String> MEMBERSHIP = List.of("outbox_instance", "outbox_partition");
    private static final int THREADS = 32;
    private static final int WRITE_BATCH = 500;
    private static final Duration POLL = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final long WAIT_NANOS = 1_000_000;
    /** Our starter is on the same class path. */
    private static final String OURS = ImportCandidates.load(AutoConfiguration.class, null).getCandidates().stream()
            .filter(name -> name.startsWith("io.reliablemq."))
            .collect(Collectors.joining(","));

    private final BenchmarkDatabase database;
    private final DataSource dataSource;

    /** Creates the tables. */
    public NamastackPeer(BenchmarkDatabase database) {
        this(database, database.pool(THREADS + 4));
    }

    /** The same on the DataSource of the business, which must have a connection for each of 32 relay threads as well. */
    public NamastackPeer(BenchmarkDatabase database, DataSource dataSource) {
        this.database = database;
        this.dataSource = dataSource;
        writeOnly().close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    /** Found by namastack through its interface. */
    record Handler(Consumer<String> sender) implements OutboxTypedHandler<String> {

        @Override
        public void handle(String payload, OutboxRecordMetadata metadata) {
            sender.accept(payload);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean ordersKeys() {
        return database.isPostgreSql();
    }

    @Override
    public String table() {
        return TABLE;
    }

    @Override
    public void fill(int rows, boolean ordered) {
        database.empty(List.of(TABLE));
        database.empty(MEMBERSHIP);
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        try (Running writer = writeOnly()) {
            for (int from = 0; from < rows; from += WRITE_BATCH) {
                int first = from;
                int end = Math.min(rows, from + WRITE_BATCH);
                transaction.executeWithoutResult(status -> {
                    for (int sequence = first; sequence < end; sequence++) {
                        writer.schedule(sequence, ordered);
                    }
                });
            }
        }
        database.empty(MEMBERSHIP);
    }

    /** Starts it without a relay that works. */
    public Running writeOnly() {
        return new Running(application(NEVER, true, payload -> {}));
    }

    /** Starts it with a relay that calls the handler with the number of each message, and waits until it owns all partitions. */
    public Running relaying(boolean ordered, IntConsumer handler) {
        database.empty(MEMBERSHIP);
        ConfigurableApplicationContext application =
                application(POLL, ordered, payload -> handler.accept(Payloads.sequence(payload)));
        PartitionCoordinator partitions = application.getBean(PartitionCoordinator.class);
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (partitions.getAssignedPartitionNumbers().size() < PartitionHasher.TOTAL_PARTITIONS) {
            if (System.nanoTime() - deadline > 0) {
                application.close();
                throw new IllegalStateException("namastack does not own all its partitions after a minute");
            }
            LockSupport.parkNanos(WAIT_NANOS);
        }
        return new Running(application);
    }

    /** Started. */
    public static final class Running implements AutoCloseable {

        private final ConfigurableApplicationContext application;
        private final Outbox outbox;

        private Running(ConfigurableApplicationContext application) {
            this.application = application;
            outbox = application.getBean(Outbox.class);
        }

        /** Writes one message in the current transaction of Spring's on the DataSource. */
        public void schedule(int sequence, boolean ordered) {
            outbox.schedule(Payloads.of(sequence), ordered ? Keys.of(sequence) : String.valueOf(sequence));
        }

        @Override
        public void close() {
            application.close();
        }
    }

    @Override
    public Drain start(Deliveries deliveries, int rows, boolean ordered) {
        ConfigurableApplicationContext application = application(POLL, ordered, payload -> deliveries
                .send(Payloads.sequence(payload))
                .toCompletableFuture()
                .join());
        return new Drain() {
            @Override
            public void awaitEmpty() throws InterruptedException {
                deliveries.awaitAll(10, TimeUnit.MINUTES);
                database.awaitEmpty(TABLE, 1, TimeUnit.MINUTES);
            }

            @Override
            public void close() {
                application.close();
            }
        };
    }

    private ConfigurableApplicationContext application(Duration poll, boolean ordered, Consumer<String> sender) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.autoconfigure.exclude=" + OURS,
                        "spring.threads.virtual.enabled=true",
                        "logging.level.root=WARN",
                        "namastack.outbox.polling.trigger=fixed",
                        "namastack.outbox.polling.fixed.interval=" + poll.toMillis() + "ms",
                        "namastack.outbox.polling.batch-size=2000",
                        "namastack.outbox.processing.delete-completed-records=true",
                        "namastack.outbox.processing.stop-on-first-failure=" + ordered,
                        "namastack.outbox.processing.executor-core-pool-size=" + THREADS,
                        "namastack.outbox.processing.executor-max-pool-size=" + THREADS,
                        "namastack.outbox.processing.executor-concurrency-limit=" + THREADS,
                        "namastack.outbox.instance.rebalance-interval=500ms")
                .initializers(context -> register((GenericApplicationContext) context, sender))
                .run();
    }

    private void register(GenericApplicationContext context, Consumer<String> sender) {
        context.registerBean(
                "dataSource",
                DataSource.class,
                () -> dataSource,
                // the pool outlives the application
                definition -> ((AbstractBeanDefinition) definition).setDestroyMethodName(""));
        context.registerBean(Handler.class, () -> new Handler(sender));
    }
}
