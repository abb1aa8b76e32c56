package io.reliablemq.benchmarks.consume;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The consumer that one writes by hand: each thread takes a message, applies its effect in a transaction, and acknowledges;
 * with dedup, the transaction begins with an insert of the message's id; together, it takes many messages in one transaction. No retry,
 * no dead letters, no clock.
 */
public final class HandWritten implements Consumer {

    private static final String TABLE = "benchmark_processed";
    private static final int AT_ONCE = 16;
    private static final Duration INVISIBLE = Duration.ofMinutes(1);

    private final Effects effects;
    private final boolean postgreSql;
    private final boolean dedup;
    private final int together;
    private final String insert;
    private final JsonMapper json = JsonMapper.builder().build();
    private final TransactionTemplate transactions;

    /** Creates the table of the ids. */
    public static HandWritten withDedup(BenchmarkDatabase database, Effects effects) {
        database.execute(
                "CREATE TABLE " + TABLE + " (consumer_group VARCHAR(64) NOT NULL, message_id VARCHAR(64) NOT NULL,"
                        + " processed_at TIMESTAMP NOT NULL, PRIMARY KEY (consumer_group, message_id))");
        return new HandWritten(database, effects, true, 1);
    }

    public static HandWritten withoutDedup(BenchmarkDatabase database, Effects effects) {
        return new HandWritten(database, effects, false, 1);
    }

    /** With dedup in the same table, so many messages in one transaction. */
    public static HandWritten together(BenchmarkDatabase database, Effects effects, int messages) {
        return new HandWritten(database, effects, true, messages);
    }

    private HandWritten(BenchmarkDatabase database, Effects effects, boolean dedup, int together) {
        this.effects = effects;
        postgreSql = database.isPostgreSql();
        this.dedup = dedup;
        this.together = together;
        insert = insert(1);
        transactions = new TransactionTemplate(effects.transactionManager());
    }

    private String insert(int messages) {
        String values = " INTO " + TABLE + " (consumer_group, message_id, processed_at) VALUES "
                + String.join(", ", Collections.nCopies(messages, "('benchmark', ?, CURRENT_TIMESTAMP)"));
        return postgreSql ? "INSERT" + values + " ON CONFLICT DO NOTHING" : "INSERT IGNORE" + values;
    }

    @Override
    public String subject() {
        return dedup ? "limit" : "none";
    }

    @Override
    public String variant() {
        return together > 1 ? Listening.COALESCED : "";
    }

    @Override
    public Running start(MessageReceiverFactory source, String topic, String group, int threads) {
        return new Loops(source.open(new Subscription(topic, group, "*", false, false)), threads);
    }

    /** Rolled back when one of several was processed before, which no broker in memory brings about. */
    private void handle(List<ReceivedMessage> messages) {
        List<Effects.Order> orders = messages.stream()
                .map(message -> json.readValue(message.payload(), Effects.Order.class))
                .toList();
        transactions.executeWithoutResult(status -> {
            int admitted = dedup ? admit(messages) : messages.size();
            if (admitted == messages.size()) {
                orders.forEach(effects::apply);
            } else if (messages.size() > 1) {
                throw new IllegalStateException(admitted + " of " + messages.size() + " are new");
            }
        });
    }

    private int admit(List<ReceivedMessage> messages) {
        String sql = messages.size() == 1 ? insert : insert(messages.size());
        return effects.jdbc()
                .update(sql, messages.stream().map(ReceivedMessage::id).toArray());
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
                    List<ReceivedMessage> received = receiver.receive(Math.max(AT_ONCE, together), INVISIBLE);
                    for (int from = 0; from < received.size(); from += together) {
                        consume(received.subList(from, Math.min(received.size(), from + together)));
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                ended.countDown();
            }
        }

        private void consume(List<ReceivedMessage> messages) {
            try {
                handle(messages);
                messages.forEach(receiver::acknowledge);
            } catch (PessimisticLockingFailureException e) {
                messages.forEach(message -> receiver.postpone(message, Duration.ZERO));
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
