package io.reliablemq.benchmarks.consume;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The consumer that one writes by hand: each thread takes a message, applies its effect in a transaction, and acknowledges;
 * with dedup, the transaction begins with an insert of the message's id. No retry, no dead letters, no clock.
 */
public final class HandWritten implements Consumer {

    private static final String TABLE = "benchmark_processed";
    private static final int AT_ONCE = 16;
    private static final Duration INVISIBLE = Duration.ofMinutes(1);

    private final Effects effects;
    private final boolean dedup;
    private final String insert;
    private final JsonMapper json = JsonMapper.builder().build();
    private final TransactionTemplate transactions;

    /** Creates the table of the ids. */
    public static HandWritten withDedup(BenchmarkDatabase database, Effects effects) {
        database.execute(
                "CREATE TABLE " + TABLE + " (consumer_group VARCHAR(64) NOT NULL, message_id VARCHAR(64) NOT NULL,"
                        + " processed_at TIMESTAMP NOT NULL, PRIMARY KEY (consumer_group, message_id))");
        return new HandWritten(database, effects, true);
    }

    public static HandWritten withoutDedup(BenchmarkDatabase database, Effects effects) {
        return new HandWritten(database, effects, false);
    }

    private HandWritten(BenchmarkDatabase database, Effects effects, boolean dedup) {
        this.effects = effects;
        this.dedup = dedup;
        String values = " INTO " + TABLE
                + " (consumer_group, message_id, processed_at) VALUES ('benchmark', ?, CURRENT_TIMESTAMP)";
        insert = database.isPostgreSql() ? "INSERT" + values + " ON CONFLICT DO NOTHING" : "INSERT IGNORE" + values;
        transactions = new TransactionTemplate(effects.transactionManager());
    }

    @Override
    public String subject() {
        return dedup ? "limit" : "none";
    }

    @Override
    public String variant() {
        return "";
    }

    @Override
    public Running start(MessageReceiverFactory source, String topic, String group, int threads) {
        return new Loops(source.open(new Subscription(topic, group, "*", false, false)), threads);
    }

    private void handle(ReceivedMessage message) {
        Effects.Order order = json.readValue(message.payload(), Effects.Order.class);
        transactions.executeWithoutResult(status -> {
            if (!dedup || effects.jdbc().update(insert, message.id()) == 1) {
                effects.apply(order);
            }
        });
    }

    private final class Loops implements Running {

        private final MessageReceiver receiver;
        private final ExecutorService executor;
        private final CountDownLatch ended;
        private volatile boolean running = true;

        Loops(MessageReceiver receiver, int threads) {
            this.receiver = receiver;
            executor = Executors.newFixedThreadPool(threads);
            ended = new CountDownLatch(threads);
            for (int i = 0; i < threads; i++) {
                executor.execute(this::consume);
            }
        }

        private void consume() {
            try {
                while (running) {
                    for (ReceivedMessage message : receiver.receive(AT_ONCE, INVISIBLE)) {
                        try {
                            handle(message);
                            receiver.acknowledge(message);
                        } catch (PessimisticLockingFailureException e) {
                            receiver.postpone(message, Duration.ZERO);
                        }
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                ended.countDown();
            }
        }

        @Override
        public void close() {
            running = false;
            try {
                ended.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            executor.shutdownNow();
            receiver.close();
        }
    }
}
