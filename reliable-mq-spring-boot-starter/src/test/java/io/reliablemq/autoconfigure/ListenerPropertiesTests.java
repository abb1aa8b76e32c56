package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ListenerApplication.letters;
import static io.reliablemq.autoconfigure.ListenerApplication.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The properties of the consumer side, by what they change. */
class ListenerPropertiesTests {

    private static final int MESSAGES = 64;

    private final ListenerApplication application = new ListenerApplication();
    private final Orders orders = new Orders();

    static class Orders {

        private final Set<String> handled = ConcurrentHashMap.newKeySet();
        private final AtomicInteger commits = new AtomicInteger();
        private volatile Consumer<String> handler = order -> {};

        @IdempotentListener(topic = "orders", consumerGroup = "group")
        void on(String order) {
            handled.add(order);
            handler.accept(order);
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

    @Test
    void coalesceCommitsSeveralMessagesTogether() {
        assertThat(commits("reliable-mq.listener.coalesce=16")).isBetween(4, MESSAGES / 4);
    }

    @Test
    void eachMessageIsCommittedByItselfUnlessTold() {
        assertThat(commits()).isEqualTo(MESSAGES);
    }

    private int commits(String... properties) {
        for (int i = 0; i < MESSAGES; i++) {
            application.publish("order " + i);
        }
        application.with(orders, properties).run(context -> application.settled(MESSAGES));
        assertThat(orders.handled).hasSize(MESSAGES);
        return orders.commits.get();
    }

    @Test
    void valuesOutOfRangeAreRefusedAtTheStart() {
        refused("reliable-mq.listener.coalesce=0", "coalesce is 0");
        refused("reliable-mq.listener.concurrency=0", "concurrency is 0");
        refused("reliable-mq.listener.purge.batch=0", "purgeBatch is 0");
    }

    private void refused(String property, String problem) {
        application.with(orders, property).run(context -> assertThat(context.getStartupFailure())
                .hasStackTraceContaining(problem));
    }

    @Test
    void withoutListenersThereIsNothingOfThem() {
        application
                .with(orders, "reliable-mq.listener.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ListenerRegistry.class));
    }

    @Test
    void listenersWaitForTheRegistryWhenTheyAreNotToStart() {
        application.publish("order");
        application.with(orders, "reliable-mq.listener.auto-startup=false").run(context -> {
            ListenerRegistry listeners = context.getBean(ListenerRegistry.class);
            assertThat(listeners.status("group").state()).isEqualTo(ListenerStatus.State.STOPPED);
            assertThat(application.receives).hasValue(0);

            listeners.start("group");
            application.settled(1);
        });
    }

    @Test
    void soManyMessagesAreHandledAtOnce() {
        CountDownLatch inside = new CountDownLatch(3);
        orders.handler = order -> {
            inside.countDown();
            awaitQuietly(inside);
        };
        for (int i = 0; i < 3; i++) {
            application.publish("order " + i);
        }
        application.with(orders, "reliable-mq.listener.concurrency=3").run(context -> application.settled(3));
        assertThat(inside.getCount()).isZero();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void virtualThreadsAreRefusedWhereThereAreNone() {
        refused("reliable-mq.listener.virtual-threads=true", "run on Java 21 or later, or remove the property");
        // Spring Boot's own property is ignored there, as Spring Boot does
        assertThat(handledByVirtualThread("spring.threads.virtual.enabled=true"))
                .isFalse();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsHandleMessagesWhereTheyAreWanted() {
        assertThat(handledByVirtualThread("reliable-mq.listener.virtual-threads=true"))
                .isTrue();
        assertThat(handledByVirtualThread("spring.threads.virtual.enabled=true"))
                .isTrue();
        assertThat(handledByVirtualThread(
                        "spring.threads.virtual.enabled=true", "reliable-mq.listener.virtual-threads=false"))
                .isFalse();
        assertThat(handledByVirtualThread()).isFalse();
    }

    private boolean handledByVirtualThread(String... properties) {
        AtomicBoolean virtual = new AtomicBoolean();
        orders.handler = order -> virtual.set(Thread.currentThread().toString().startsWith("VirtualThread"));
        int before = application.acknowledged.get();
        application.publish("order");
        application.with(orders, properties).run(context -> application.settled(before + 1));
        return virtual.get();
    }

    @Test
    void messagesAreHiddenForTheInvisibleTime() {
        application
                .with(orders, "reliable-mq.listener.invisible=17s")
                .run(context -> until(() -> !application.invisible.isEmpty()));
        assertThat(application.invisible).containsOnly(Duration.ofSeconds(17));
    }

    @Test
    void aHandlerIsInterruptedWhenTheShutdownTimeoutIsOver() {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        orders.handler = order -> {
            inside.countDown();
            try {
                new CountDownLatch(1).await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted.set(true);
                throw new IllegalStateException(e);
            }
        };
        application.publish("order");
        long[] stopping = new long[1];
        application.with(orders, "reliable-mq.listener.shutdown-timeout=100ms").run(context -> {
            awaitQuietly(inside);
            stopping[0] = System.nanoTime();
        });

        // 20 s by default
        assertThat(Duration.ofNanos(System.nanoTime() - stopping[0])).isLessThan(Duration.ofSeconds(15));
        assertThat(interrupted).isTrue();
        assertThat(application.postponed).isNotEmpty();
    }

    @Test
    void messagesOlderThanTheDedupWindowAreSetAside() {
        assertThat(reasonOf(-14_400_000, "reliable-mq.listener.dedup-window=3h"))
                .isEqualTo(DeadLetterReason.TOO_OLD);
    }

    @Test
    void messagesWithoutAKeyAreSetAsideOrHandedBack() {
        application.publishWithoutId("order");
        application.with(orders, "reliable-mq.listener.missing-key=reject").run(context -> {
            until(() -> !application.postponed.isEmpty());
            assertThat(letters(context)).isEmpty();
        });
        assertThat(application.acknowledged).hasValue(0);

        application.publishWithoutId("order");
        application.with(orders).run(context -> {
            until(() -> application.acknowledged.get() > 0);
            assertThat(letters(context))
                    .isNotEmpty()
                    .allMatch(letter -> letter.reason() == DeadLetterReason.MISSING_KEY);
        });
        assertThat(orders.handled).isEmpty();
    }

    @Test
    void messagesFromTheFutureAreSetAsideBeyondTheSkewOfClocks() {
        assertThat(reasonOf(600_000, "reliable-mq.listener.clock-skew=1m")).isEqualTo(DeadLetterReason.IN_FUTURE);
    }

    private DeadLetterReason reasonOf(long age, String property) {
        List<DeadLetter> letters = new ArrayList<>();
        application.publish("order", System.currentTimeMillis() + age);
        application.with(orders).run(context -> application.settled(1));
        assertThat(orders.handled).hasSize(1);

        application.publish("order", System.currentTimeMillis() + age);
        application.with(orders, property).run(context -> {
            application.settled(2);
            letters.addAll(letters(context));
        });
        assertThat(letters).hasSize(1);
        return letters.get(0).reason();
    }

    @Test
    void failuresAreRetriedAfterGrowingDelaysUpToTheLastAttempt() {
        orders.handler = order -> {
            throw new IllegalStateException("as a test");
        };
        application.publish("order");
        application
                .with(
                        orders,
                        "reliable-mq.listener.retry.max-attempts=4",
                        "reliable-mq.listener.retry.initial-delay=10s",
                        "reliable-mq.listener.retry.multiplier=3",
                        "reliable-mq.listener.retry.max-delay=70s")
                .run(context -> {
                    application.settled(1);
                    assertThat(letters(context))
                            .extracting(DeadLetter::attempts)
                            .containsExactly(4);
                });
        List<Duration> delays = List.copyOf(application.postponed);
        assertThat(delays).hasSize(3);
        // each is spread by a fifth
        assertThat(delays.get(0)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
        assertThat(delays.get(1)).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(36));
        assertThat(delays.get(2)).isBetween(Duration.ofSeconds(56), Duration.ofSeconds(70));
    }

    @Test
    void deadlocksCountAsFailuresAfterSoManyDeliveries() {
        orders.handler = order -> {
            throw new CannotAcquireLockException("as a test");
        };
        application.publish("order");
        application
                .with(
                        orders,
                        "reliable-mq.listener.max-uncounted-deliveries=0",
                        "reliable-mq.listener.retry.max-attempts=1")
                .run(context -> {
                    application.settled(1);
                    assertThat(letters(context)).hasSize(1);
                });
    }

    @Test
    void anAbsentBrokerIsAskedAgainAfterTheOutageBackoffAtTheLatest() {
        application.away = true;
        // pauses of 1 s, 2 s, 4 s and so on would take minutes
        application
                .with(orders, "reliable-mq.listener.outage-backoff=5ms")
                .run(context -> until(() -> application.refusals.get() > 50));
    }

    @Test
    void oldRecordsArePurgedAtTheIntervalInBatches() {
        int many = 5_000;
        application.with(orders, "reliable-mq.listener.purge.interval=1h").run(context -> {
            JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
            jdbc.update(
                    "INSERT INTO reliable_mq_inbox (consumer_group, message_key, digest, state, processed_at)"
                            + " SELECT CAST('group' AS VARBINARY), CAST(X AS VARCHAR), X'00', 'DONE', 0"
                            + " FROM SYSTEM_RANGE(1, ?)",
                    many);
            // as if it had been announced long ago that they go
            jdbc.update(
                    "INSERT INTO reliable_mq_inbox_horizon VALUES (CAST('group' AS VARBINARY), ?, 0)", Long.MAX_VALUE);
            assertThat(records(jdbc)).isEqualTo(many);
        });
        application
                .with(orders, "reliable-mq.listener.purge.interval=1s", "reliable-mq.listener.purge.batch=7")
                .run(context -> {
                    JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
                    Set<Integer> left = new HashSet<>();
                    until(() -> left.add(records(jdbc)) && left.size() > 4);
                    // hundreds of statements would follow
                    assertThat(left).allMatch(records -> (many - records) % 7 == 0);
                });
        application.with(orders, "reliable-mq.listener.purge.interval=1s").run(context -> {
            JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
            until(() -> records(jdbc) == 0);
        });
    }

    private static int records(JdbcTemplate jdbc) {
        Integer records = jdbc.queryForObject("SELECT COUNT(*) FROM reliable_mq_inbox", Integer.class);
        return records == null ? 0 : records;
    }

    @Test
    void payloadsAreUnpackedUpToTheSizeOnly() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("a".repeat(1000).getBytes(UTF_8));
        }
        String type = "text/plain;reliablemq-encoding=gzip";
        application.publish(packed.toByteArray(), type, System.currentTimeMillis());
        application.with(orders).run(context -> application.settled(1));
        assertThat(orders.handled).containsExactly("a".repeat(1000));

        application.publish(packed.toByteArray(), type, System.currentTimeMillis());
        application
                .with(orders, "reliable-mq.listener.max-decompressed-size=999B")
                .run(context -> {
                    application.settled(2);
                    assertThat(letters(context)).hasSize(1);
                });
    }

    @Test
    void whatNoRetryCuresIsNotRetried() {
        orders.handler = order -> {
            throw new ArithmeticException("as a test");
        };
        application.publish("order");
        application
                .with(orders, "reliable-mq.listener.fatal=java.lang.ArithmeticException")
                .run(context -> {
                    application.settled(1);
                    assertThat(letters(context))
                            .extracting(DeadLetter::reason, DeadLetter::attempts)
                            .containsExactly(tuple(DeadLetterReason.FATAL, 1));
                });
    }
}
