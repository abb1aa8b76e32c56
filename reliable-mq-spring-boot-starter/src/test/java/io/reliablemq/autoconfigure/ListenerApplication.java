package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;

/** Applications with the consumer side, as properties configure it, and a broker that delivers again at once whatever the delay. */
final class ListenerApplication implements MessageReceiverFactory, MessageReceiver {

    final BlockingQueue<ReceivedMessage> messages = new LinkedBlockingQueue<>();
    final AtomicInteger acknowledged = new AtomicInteger();

    /** In the order in which they were handed out. */
    final List<ReceivedMessage> received = new CopyOnWriteArrayList<>();

    /** How long what failed was to stay away. */
    final Queue<Duration> postponed = new ConcurrentLinkedQueue<>();

    final Queue<Duration> invisible = new ConcurrentLinkedQueue<>();
    final AtomicInteger receives = new AtomicInteger();
    final AtomicInteger refusals = new AtomicInteger();
    volatile boolean away;
    volatile @Nullable String misfit;

    private final Database database;

    ListenerApplication(Database database) {
        this.database = database;
    }

    ListenerApplication() {
        this(TestDatabase.H2.create());
    }

    ApplicationContextRunner with(Object listener, String... properties) {
        return with(listener.getClass(), listener, properties);
    }

    private <T> ApplicationContextRunner with(Class<T> type, Object listener, String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        JacksonAutoConfiguration.class,
                        ListenerAutoConfiguration.class))
                .withBean(MessageReceiverFactory.class, () -> this)
                .withBean(type, () -> type.cast(listener))
                .withPropertyValues(
                        "reliable-mq.listener.concurrency=1",
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.username=" + database.username(),
                        "spring.datasource.password=" + database.password())
                .withPropertyValues(properties);
    }

    void publish(String payload) {
        publish(payload, System.currentTimeMillis());
    }

    void publish(String payload, long createdAtMs) {
        publish(payload.getBytes(UTF_8), "text/plain", createdAtMs);
    }

    void publish(byte[] payload, String contentType, long createdAtMs) {
        publish(UUID.randomUUID().toString(), payload, contentType, createdAtMs);
    }

    void publishWithoutId(String payload) {
        publish(null, payload.getBytes(UTF_8), "text/plain", System.currentTimeMillis());
    }

    private void publish(String id, byte[] payload, String contentType, long createdAtMs) {
        messages.add(new ReceivedMessage(
                id,
                "orders",
                null,
                List.of(),
                null,
                contentType,
                payload,
                Map.of("name", "c4n4ry in a header"),
                createdAtMs,
                0,
                1,
                payload));
    }

    void settled(int count) {
        until(() -> acknowledged.get() == count);
    }

    static List<DeadLetter> letters(ApplicationContext application) {
        return application.getBean(DeadLetters.class).list(DeadLetters.Letters.ofGroup("group"), null, 100);
    }

    static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    @Override
    public void verify(Subscription subscription) {
        if (away) {
            refusals.incrementAndGet();
            throw new ReceiverUnavailableException("away", null);
        }
        String reason = misfit;
        if (reason != null) {
            throw new ListenerConfigurationException(reason);
        }
    }

    @Override
    public MessageReceiver open(Subscription subscription) {
        verify(subscription);
        return this;
    }

    @Override
    public List<ReceivedMessage> receive(int max, Duration time) throws InterruptedException {
        receives.incrementAndGet();
        invisible.add(time);
        List<ReceivedMessage> page = new ArrayList<>();
        ReceivedMessage first = messages.poll(20, TimeUnit.MILLISECONDS);
        if (first != null) {
            page.add(first);
            messages.drainTo(page, max - 1);
        }
        received.addAll(page);
        return page;
    }

    @Override
    public CompletionStage<Void> acknowledge(ReceivedMessage message) {
        acknowledged.incrementAndGet();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<ReceivedMessage> postpone(ReceivedMessage message, Duration time) {
        postponed.add(time);
        messages.add(message);
        return CompletableFuture.completedFuture(message);
    }

    @Override
    public void close() {}
}
