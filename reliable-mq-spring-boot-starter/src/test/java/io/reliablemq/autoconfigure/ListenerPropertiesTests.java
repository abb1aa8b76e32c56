package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The properties of the consumer side, by what they change. */
class ListenerPropertiesTests {

    private static final int MESSAGES = 64;

    private final Database database = TestDatabase.H2.create();
    private final Queue queue = new Queue();
    private final Orders orders = new Orders();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    ListenerAutoConfiguration.class))
            .withBean(MessageReceiverFactory.class, () -> subscription -> queue)
            .withBean(Orders.class, () -> orders)
            .withPropertyValues(
                    "reliable-mq.listener.concurrency=1",
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.username(),
                    "spring.datasource.password=" + database.password());

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void coalesceCommitsSeveralMessagesTogether() {
        assertThat(commits("reliable-mq.listener.coalesce=16")).isBetween(4, MESSAGES / 4);
    }

    @Test
    void eachMessageIsCommittedByItselfUnlessTold() {
        assertThat(commits()).isEqualTo(MESSAGES);
    }

    @Test
    void coalesceOfLessThanOneIsRefusedAtTheStart() {
        application
                .withPropertyValues("reliable-mq.listener.coalesce=0")
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining("coalesce is 0"));
    }

    private int commits(String... properties) {
        queue.publish();
        application.withPropertyValues(properties).run(context -> await().atMost(Duration.ofSeconds(60))
                .until(() -> queue.acknowledged.get() == MESSAGES));
        assertThat(orders.handled).hasSize(MESSAGES);
        return orders.commits.get();
    }

    static class Orders {

        private final Set<String> handled = ConcurrentHashMap.newKeySet();
        private final AtomicInteger commits = new AtomicInteger();

        @IdempotentListener(topic = "orders", consumerGroup = "group")
        void on(String order) {
            handled.add(order);
            if (!TransactionSynchronizationManager.hasResource(this)) {
                TransactionSynchronizationManager.bindResource(this, this);
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCompletion(int status) {
                        TransactionSynchronizationManager.unbindResource(Orders.this);
                        commits.incrementAndGet();
                    }
                });
            }
        }
    }

    /** Hands out what was published, once. */
    private static final class Queue implements MessageReceiver {

        private final BlockingQueue<ReceivedMessage> messages = new LinkedBlockingQueue<>();
        private final AtomicInteger acknowledged = new AtomicInteger();

        void publish() {
            IntStream.range(0, MESSAGES)
                    .mapToObj(Integer::toString)
                    .map(payload -> new ReceivedMessage(
                            UUID.randomUUID().toString(),
                            "orders",
                            null,
                            List.of(),
                            null,
                            "text/plain;charset=utf-8",
                            payload.getBytes(UTF_8),
                            Map.of(),
                            System.currentTimeMillis(),
                            0,
                            1,
                            payload))
                    .forEach(messages::add);
        }

        @Override
        public List<ReceivedMessage> receive(int max, Duration invisible) throws InterruptedException {
            List<ReceivedMessage> received = new ArrayList<>();
            ReceivedMessage first = messages.poll(20, TimeUnit.MILLISECONDS);
            if (first != null) {
                received.add(first);
                messages.drainTo(received, max - 1);
            }
            return received;
        }

        @Override
        public CompletionStage<Void> acknowledge(ReceivedMessage message) {
            acknowledged.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration invisible) {
            messages.add(message);
            return CompletableFuture.completedFuture(message);
        }

        @Override
        public void close() {}
    }
}
