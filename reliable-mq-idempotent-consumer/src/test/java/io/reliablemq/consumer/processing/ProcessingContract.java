package io.reliablemq.consumer.processing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.Forgetting;
import io.reliablemq.consumer.InboxSchema;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.ReplayOutcome;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.jdbc.JdbcInbox;
import io.reliablemq.consumer.spi.CoalescedOutcome;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.StopSignal;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DeadlockLoserDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What happens to one message, on every database. */
abstract class ProcessingContract {

    /** Those of the common pool may be too few for transactions that wait for each other. */
    private static final Executor OWN_THREAD = task -> new Thread(task).start();

    private static final Action ACTION = Action.by("alice", "by the test");

    private static final RetryPolicy THREE_ATTEMPTS =
            new RetryPolicy(3, Duration.ofMillis(10), 2, Duration.ofMillis(100));

    private TestDatabase vendor;
    private DataSource dataSource;
    private JdbcTemplate jdbc;
    private JdbcInbox inbox;
    private TransactionTemplate transactions;
    private IdempotentProcessing processing;
    private DeadLetters deadLetters;
    private String group;
    private HandledCall.Handler handler;
    private ListenerEndpoint endpoint;

    @BeforeEach
    void build(Database database) {
        vendor = database.vendor();
        dataSource = InboxSchema.migrate(database);
        jdbc = new JdbcTemplate(dataSource);
        jdbc.update("delete from effect");
        jdbc.update("delete from account");
        jdbc.update("insert into account values (1, 0)");
        jdbc.update("insert into account values (2, 0)");
        inbox = JdbcInbox.on(dataSource);
        DataSourceTransactionManager manager = new DataSourceTransactionManager(dataSource);
        transactions = new TransactionTemplate(manager);
        group = "group-" + UUID.randomUUID();
        processing = new IdempotentProcessing(
                inbox, inbox.deadLetters(), manager, ConsumerSettings.defaults(), ListenerObserver.NONE);
        endpoint = endpoint(false);
        deadLetters = processing.deadLetters(new OneEndpoint(() -> endpoint));
        handler = message -> effect(message.id());
    }

    @Test
    void appliesTheEffectOnceHoweverOftenTheMessageComes() {
        assertThat(kind(process("m1", 1))).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
        assertThat(kind(process("m1", 2))).isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
        assertThat(effects()).containsExactly("m1");
    }

    @Test
    void rollsTheEffectBackWithTheRecordAndCountsTheFailure() {
        handler = message -> {
            effect(message.id());
            throw new IllegalStateException("no");
        };

        assertThat(process("m1", 1)).isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(effects()).isEmpty();
        assertThat(failures()).isEqualTo(1);

        handler = message -> effect(message.id());
        assertThat(kind(process("m1", 2))).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
        assertThat(failures()).isZero();
    }

    @Test
    void writesADeadLetterTogetherWithItsRecordAfterTheLastAttempt() {
        handler = message -> {
            throw new IllegalStateException("poison \0 \uD800");
        };
        process("m1", 1);
        process("m1", 2);

        assertThat(kind(process("m1", 3))).isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(kind(process("m1", 4))).isEqualTo(ProcessingOutcome.Kind.DUPLICATE);

        DeadLetter letter = deadLetters.list(Letters.ofGroup(group), null, 10).get(0);
        assertThat(deadLetters.count(Letters.ofGroup(group))).isEqualTo(1);
        assertThat(letter.reason()).isEqualTo(DeadLetterReason.EXHAUSTED);
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.key()).isEqualTo("m1");
        assertThat(letter.keys()).containsExactly("k1", "k 2");
        assertThat(letter.headers()).containsEntry("region", "eu & more=x");
        assertThat(letter.error()).startsWith("java.lang.IllegalStateException: poison");
        assertThat(deadLetters.payload(letter.id()).orElseThrow().bytes())
                .asString()
                .isEqualTo("m1");
        assertThat(failures()).isZero();
    }

    @Test
    void buriesAFatalFailureAtOnce() {
        handler = message -> {
            throw new FatalListenerException("never");
        };

        assertThat(kind(process("m1", 1))).isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(deadLetters.list(Letters.ofGroup(group), null, 1).get(0).reason())
                .isEqualTo(DeadLetterReason.FATAL);
    }

    @Test
    void replaysADeadLetterOnce() {
        String id = bury("m1");
        handler = message -> effect("replayed " + message.id());

        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.Replayed.class);
        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.NotOpen.class);

        assertThat(effects()).containsExactly("replayed m1");
        assertThat(deadLetters.find(id).orElseThrow().state()).isEqualTo(DeadLetter.State.REPLAYED);
        assertThat(kind(process("m1", 9))).isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
    }

    @Test
    void leavesALetterOpenWhoseReplayFails() {
        String id = bury("m1");
        handler = message -> {
            effect("half");
            throw new IllegalStateException("still broken");
        };

        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.Failed.class);

        DeadLetter letter = deadLetters.find(id).orElseThrow();
        assertThat(effects()).isEmpty();
        assertThat(letter.state()).isEqualTo(DeadLetter.State.OPEN);
        assertThat(letter.error()).contains("still broken");
        assertThat(letter.attempts()).isEqualTo(2);
    }

    @Test
    void discardsALetterForGood() {
        String id = bury("m1");

        assertThat(deadLetters.discard(id, ACTION)).isTrue();
        assertThat(deadLetters.discard(id, ACTION)).isFalse();
        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.NotOpen.class);
        assertThat(kind(process("m1", 9))).isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
    }

    @Test
    void quarantinesAMessageWithoutIdOrKey() {
        assertThat(kind(processing.process(endpoint, Messages.message(null, "a"))))
                .isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        processing.process(endpoint, Messages.message(null, "a"));

        assertThat(deadLetters.list(Letters.ofGroup(group), null, 10))
                .hasSize(2)
                .allMatch(letter -> letter.reason() == DeadLetterReason.MISSING_KEY);
        assertThat(effects()).isEmpty();
    }

    @Test
    void quarantinesAStoredMessageWithoutIdOrKeyOnce() {
        assertThat(kind(processing.process(endpoint, Messages.stored("s1", "a", 1))))
                .isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(kind(processing.process(endpoint, Messages.stored("s1", "a", 2))))
                .as("again")
                .isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
        assertThat(kind(processing.process(endpoint, Messages.stored("s2", "a", 1))))
                .as("another with the same content")
                .isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(kind(processing.process(endpoint, Messages.stored("s1", "b", 1))))
                .as("another content, whatever the broker says")
                .isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);

        assertThat(deadLetters.list(Letters.ofGroup(group), null, 10))
                .hasSize(3)
                .allMatch(letter -> letter.reason() == DeadLetterReason.MISSING_KEY && letter.messageId() == null);
    }

    @Test
    void quarantinesAnOverLongKeyOnce() {
        String tooLong = "k".repeat(256);

        assertThat(kind(process(tooLong, 1))).isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(kind(process(tooLong, 2))).isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
        assertThat(deadLetters.list(Letters.ofGroup(group), null, 10))
                .singleElement()
                .extracting(DeadLetter::reason)
                .isEqualTo(DeadLetterReason.INVALID_KEY);
    }

    @Test
    void quarantinesAnotherMessageUnderAUsedKey() {
        endpoint = endpoint(true);
        processing.process(endpoint, Messages.message("m1", "a"));

        assertThat(kind(processing.process(endpoint, Messages.message("m2", "a"))))
                .as("same content")
                .isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
        assertThat(kind(processing.process(endpoint, Messages.message("m3", "b"))))
                .as("other id, other content")
                .isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(kind(processing.process(endpoint, Messages.message("m3", "b", 2))))
                .isEqualTo(ProcessingOutcome.Kind.DUPLICATE);

        assertThat(deadLetters.list(Letters.ofGroup(group), null, 10))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).isEqualTo(DeadLetterReason.CONFLICT);
                    assertThat(letter.messageId()).isEqualTo("m3");
                });
        assertThat(effects()).containsExactly("m1");
    }

    @Test
    void setsAsideWhatCannotBeDecodedAsItCameAndReplaysItWhenItCan() throws Exception {
        handler = message -> effect(new String(message.payload(), UTF_8));
        ReceivedMessage packed =
                PayloadDecodingTests.encoded(PayloadDecodingTests.gzip("text".getBytes(UTF_8)), "gzip");
        processing = decoding(3);
        assertThat(kind(processing.process(endpoint, packed))).isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        DeadLetter letter = deadLetters.list(Letters.ofGroup(group), null, 10).get(0);
        assertThat(deadLetters.payload(letter.id()).orElseThrow().bytes()).isEqualTo(packed.payload());
        assertThat(effects()).isEmpty();

        deadLetters = decoding(4).deadLetters(new OneEndpoint(() -> endpoint));

        assertThat(deadLetters.replay(letter.id(), ACTION)).isInstanceOf(ReplayOutcome.Replayed.class);
        assertThat(effects()).containsExactly("text");
    }

    @Test
    void comparesWhatWasEncodedAndNotHow() throws Exception {
        endpoint = endpoint(true);
        byte[] payload = "a".getBytes(UTF_8);
        processing.process(endpoint, Messages.message("m1", "a"));

        ReceivedMessage packed = PayloadDecodingTests.encoded(PayloadDecodingTests.gzip(payload), "gzip");

        assertThat(kind(processing.process(endpoint, packed))).isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
        assertThat(deadLetters.list(Letters.ofGroup(group), null, 10)).isEmpty();
    }

    private IdempotentProcessing decoding(int maxSize) {
        return new IdempotentProcessing(
                inbox,
                inbox.deadLetters(),
                new DataSourceTransactionManager(dataSource),
                ConsumerSettings.defaults(),
                ListenerObserver.NONE,
                new IdempotentProcessing.Decoding(List.of(), maxSize),
                DeadLetterObserver.NONE);
    }

    @Test
    void quarantinesWhatIsTooOldOrFromTheFuture() {
        long now = System.currentTimeMillis();
        processing.process(
                endpoint, Messages.createdAt("old", now - Duration.ofDays(8).toMillis()));
        processing.process(
                endpoint, Messages.createdAt("future", now + Duration.ofHours(2).toMillis()));
        processing.process(
                endpoint,
                Messages.createdAt("fine", now + Duration.ofMinutes(30).toMillis()));

        assertThat(effects()).containsExactly("fine");
        assertThat(deadLetters.list(Letters.ofGroup(group), null, 10))
                .extracting(DeadLetter::reason)
                .containsExactlyInAnyOrder(DeadLetterReason.TOO_OLD, DeadLetterReason.IN_FUTURE);
    }

    /** A record may have been deleted meanwhile of which nothing was known then. */
    @Test
    void looksAtTheAgeAgainWhenTheProcessStoodStillAfterIt() {
        AtomicLong nanos = new AtomicLong();
        DatabaseClock clock = new DatabaseClock(() -> inbox.horizon(group), nanos::get, () -> 0);
        InboxEntry entry = new InboxEntry(group, "m1", "m1", new byte[32]);
        EffectTransaction transaction =
                new EffectTransaction(inbox, new Transactions(new DataSourceTransactionManager(dataSource)));
        Identity.Accepted before = new Identity.Accepted(entry, effectOf("m1"), clock.now());
        nanos.addAndGet(InboxStore.NOTICE.toNanos());

        assertThatThrownBy(() -> transaction.run(before, false, StopSignal.NONE))
                .isInstanceOf(InboxContentionException.class);
        assertThat(effects()).isEmpty();
        transaction.run(new Identity.Accepted(entry, effectOf("m1"), clock.now()), false, StopSignal.NONE);
        assertThat(effects()).containsExactly("m1");
    }

    private PreparedMessage effectOf(String id) {
        return new PreparedMessage() {
            @Override
            public String key() {
                return id;
            }

            @Override
            public void handle() {
                effect(id);
            }
        };
    }

    @Test
    void setsAsideWhatAShorterWindowMayHaveForgotten() {
        long yesterday = inbox.now() - Duration.ofDays(1).toMillis();
        processing.process(endpoint, Messages.createdAt("m1", yesterday));
        Forgetting.atOnce(jdbc, group);
        jdbc.update(
                "update reliable_mq_inbox_horizon set forgets_before = ? where consumer_group = ?",
                inbox.now(),
                group.getBytes(UTF_8));
        transactions.executeWithoutResult(status -> inbox.purge(group, Duration.ofHours(-1), 10));

        processing = new IdempotentProcessing(
                inbox,
                inbox.deadLetters(),
                new DataSourceTransactionManager(dataSource),
                ConsumerSettings.defaults(),
                ListenerObserver.NONE);
        assertThat(kind(processing.process(endpoint, Messages.createdAt("m1", yesterday))))
                .isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(effects()).containsExactly("m1");
    }

    @Test
    void setsAsideAMessageThatComesAgainWhenItsRecordIsPurged() {
        long sixDaysAgo = System.currentTimeMillis() - Duration.ofDays(6).toMillis();
        processing.process(endpoint, Messages.createdAt("m1", sixDaysAgo));
        Forgetting.atOnce(new JdbcTemplate(dataSource), group);
        transactions.executeWithoutResult(status -> {
            assertThat(inbox.purge(group, Duration.ofHours(-1), 10)).isEqualTo(1);
        });

        endpoint = endpoint(Duration.ofDays(5)); // as if two days had passed

        assertThat(kind(processing.process(endpoint, Messages.createdAt("m1", sixDaysAgo))))
                .isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(effects()).containsExactly("m1");
        assertThat(deadLetters.list(Letters.ofGroup(group), null, 10))
                .singleElement()
                .extracting(DeadLetter::reason)
                .isEqualTo(DeadLetterReason.TOO_OLD);
    }

    @Test
    void aDeadlockCountsFromTheDeliveryOnAtWhichItCannotBeChanceAnyMore() {
        int chance = ConsumerSettings.defaults().maxUncountedDeliveries();
        handler = message -> {
            throw new DeadlockLoserDataAccessException("as a test", null);
        };
        assertThat(process("m1", chance)).isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(failures()).isZero();
        assertThat(process("m1", chance + 1)).isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(failures()).isOne();
    }

    @Test
    void acknowledgesNothingAndKeepsNothingHalfWhenTheHandlerSwallowsADeadlock() throws Exception {
        Assumptions.assumeTrue(
                vendor != TestDatabase.POSTGRESQL && vendor != TestDatabase.H2, "has its own test below");
        AtomicInteger swallowed = new AtomicInteger();
        int rounds = 0;
        while (swallowed.get() == 0 && rounds++ < 20) {
            deadlockOnce("m" + rounds, swallowed);
        }
        assertThat(swallowed).as("a deadlock that the handler swallowed").hasPositiveValue();

        handler = message -> effect(message.id());
        assertThat(kind(process("m" + rounds, 2))).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
        assertThat(effects())
                .doesNotContain("half m" + rounds, "after m" + rounds)
                .contains("m" + rounds);
        assertThat(failures()).isZero();
    }

    /** Locks account 1, then 2; a rival that did more work locks them the other way round, so we are the victim. */
    private void deadlockOnce(String id, AtomicInteger swallowed) throws Exception {
        CountDownLatch weHaveOne = new CountDownLatch(1);
        CountDownLatch rivalHasTwo = new CountDownLatch(1);
        CompletableFuture<Void> rival = rival(weHaveOne, rivalHasTwo);
        handler = message -> {
            effect("half " + id);
            jdbc.update("update account set balance = balance + 1 where id = 1");
            weHaveOne.countDown();
            rivalHasTwo.await(5, TimeUnit.SECONDS);
            try {
                jdbc.update("update account set balance = balance + 1 where id = 2");
            } catch (DataAccessException e) {
                swallowed.incrementAndGet();
            }
            effect("after " + id);
        };
        ProcessingOutcome outcome = process(id, 1);
        rival.handle((done, failure) -> done).get();
        if (swallowed.get() > 0) {
            assertThat(outcome).isInstanceOf(ProcessingOutcome.Postponed.class);
        }
    }

    private CompletableFuture<Void> rival(CountDownLatch otherHasOne, CountDownLatch haveTwo) {
        return CompletableFuture.runAsync(
                () -> transactions.executeWithoutResult(status -> {
                    for (int index = 0; index < 200; index++) {
                        jdbc.update("insert into effect values ('rival')");
                    }
                    jdbc.update("update account set balance = balance + 1 where id = 2");
                    haveTwo.countDown();
                    try {
                        otherHasOne.await(5, TimeUnit.SECONDS);
                        Thread.sleep(300);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    jdbc.update("update account set balance = balance + 1 where id = 1");
                    status.setRollbackOnly();
                }),
                OWN_THREAD);
    }

    @Test
    void keepsNothingHalfWhenTheHandlerSwallowsAnSqlError() {
        handler = message -> {
            effect("half");
            try {
                jdbc.update("insert into account values (1, 0)");
            } catch (DataAccessException e) {
                // swallowed
            }
        };

        ProcessingOutcome outcome = process("m1", 1);

        if (vendor == TestDatabase.POSTGRESQL) {
            assertThat(outcome)
                    .as("PostgreSQL aborted the transaction")
                    .isInstanceOf(ProcessingOutcome.Postponed.class);
            assertThat(effects()).isEmpty();
            assertThat(failures()).isEqualTo(1);
        } else {
            assertThat(kind(outcome)).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
            assertThat(effects()).containsExactly("half");
        }
    }

    @Test
    void reportsNothingAsProcessedThatTheHandlerHasRolledBackItself() {
        Assumptions.assumeTrue(
                vendor != TestDatabase.POSTGRESQL, "its driver does not tell; no swallowed error does it");
        handler = message -> {
            DataSourceUtils.getConnection(dataSource).rollback();
            effect("after the rollback");
        };

        assertThat(process("m1", 1)).isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(effects()).isEmpty();
    }

    @Test
    void aHandlerThatCommitsItselfAndFailsIsNotCalledAgain() {
        handler = message -> {
            effect(message.id());
            DataSourceUtils.getConnection(dataSource).commit();
            throw new IllegalStateException("too late");
        };

        assertThat(process("m1", 1)).isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(kind(process("m1", 2))).isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
        assertThat(effects()).containsExactly("m1");
    }

    @Test
    void handsBackWithoutCountingWhatAnotherTransactionHasInHand() throws Exception {
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        handler = message -> {
            inHandler.countDown();
            finish.await(20, TimeUnit.SECONDS);
            effect(message.id());
        };
        CompletableFuture<ProcessingOutcome> first = CompletableFuture.supplyAsync(() -> process("m1", 1), OWN_THREAD);
        inHandler.await();

        assertThat(process("m1", 2)).isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(failures()).isZero();
        finish.countDown();
        assertThat(kind(first.get())).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
        assertThat(kind(process("m1", 3))).isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
        assertThat(effects()).containsExactly("m1");
    }

    /** The rollback fails as well then, and says so first. */
    @Test
    void countsNothingWhenTheConnectionBreaksRightBeforeTheCommit() {
        Assumptions.assumeTrue(vendor != TestDatabase.H2, "has no connection that could break");
        handler = message -> {
            effect(message.id());
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    try {
                        DataSourceUtils.getConnection(dataSource).abort(Runnable::run);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
        };

        assertThat(process("m1", 1)).isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(failures()).isZero();
        handler = message -> effect(message.id());
        assertThat(kind(process("m1", 2))).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
        assertThat(effects()).containsExactly("m1");
    }

    /** Such as one by a watchdog, or by a client that gives up: not by a container that stops. */
    @Test
    void countsAnInterruptThatIsNotTheContainersAsAFailure() {
        handler = message -> {
            throw new IllegalStateException(new InterruptedException("as a test"));
        };
        ProcessingOutcome first = process("m1", 1);
        assertThat(first).isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(((ProcessingOutcome.Postponed) first).delay()).isPositive();
        assertThat(failures()).isEqualTo(1);

        handler = message -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("no");
        };
        process("m1", 2);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(failures()).isEqualTo(2);
        assertThat(kind(process("m1", 3))).isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void commitsWithoutTheInterruptThatTheHandlerHasLeftBehind() {
        handler = message -> {
            effect(message.id());
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    effect("interrupted: " + Thread.currentThread().isInterrupted());
                }
            });
            Thread.currentThread().interrupt();
        };

        assertThat(kind(process("m1", 1))).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(effects()).containsExactly("m1", "interrupted: false");
    }

    @Test
    void countsNothingThatAStopHasInterrupted() {
        handler = message -> {
            throw new IllegalStateException(new InterruptedException("as a test"));
        };
        assertThat(stopped("m1")).isEqualTo(Duration.ZERO);

        handler = message -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("no");
        };
        assertThat(stopped("m1")).isEqualTo(Duration.ZERO);
        assertThat(Thread.interrupted()).as("still to be heeded").isTrue();
        assertThat(failures()).isZero();

        handler = message -> {
            throw new IllegalStateException("no");
        };
        assertThat(stopped("m1")).isPositive();
        assertThat(failures()).isEqualTo(1);
    }

    private Duration stopped(String id) {
        ProcessingOutcome outcome = processing.process(endpoint, Messages.message(id, id), () -> true);
        assertThat(outcome).isInstanceOf(ProcessingOutcome.Postponed.class);
        return ((ProcessingOutcome.Postponed) outcome).delay();
    }

    @Test
    void countsAHandlersRollbackMarkAsAFailure() {
        handler = message -> {
            effect("half");
            TransactionTemplate inner = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
            inner.executeWithoutResult(status -> status.setRollbackOnly());
        };

        assertThat(process("m1", 1)).isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(effects()).isEmpty();
        assertThat(failures()).isEqualTo(1);
    }

    @Test
    void refusesATransactionManagerOfAnotherDataSource() {
        DataSourceTransactionManager foreign =
                new DataSourceTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:foreign"));
        IdempotentProcessing wrong = new IdempotentProcessing(
                inbox, inbox.deadLetters(), foreign, ConsumerSettings.defaults(), ListenerObserver.NONE);

        assertThatThrownBy(wrong::verify).isInstanceOf(ListenerConfigurationException.class);
        assertThatThrownBy(() -> wrong.process(endpoint, Messages.message("m1", "a")))
                .isInstanceOf(ListenerConfigurationException.class);
        assertThat(effects()).isEmpty();
    }

    private String bury(String id) {
        handler = message -> {
            throw new FatalListenerException("never");
        };
        process(id, 1);
        return deadLetters.list(Letters.ofGroup(group), null, 1).get(0).id();
    }

    @Test
    void commitsSeveralMessagesTogether() {
        assertThat(together("m3", "m1", "m2")).isInstanceOf(CoalescedOutcome.Committed.class);

        assertThat(effects()).containsExactly("m3", "m1", "m2");
        assertThat(kind(process("m1", 2))).isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
    }

    /** It would hit the next handler, or the commit. */
    @Test
    void anInterruptThatAHandlerLeavesIsGoneBeforeTheNextOneOfThoseThatAreCommittedTogether() {
        handler = message -> {
            effect(message.id() + (Thread.currentThread().isInterrupted() ? " interrupted" : ""));
            Thread.currentThread().interrupt();
        };

        assertThat(together("m1", "m2")).isInstanceOf(CoalescedOutcome.Committed.class);

        assertThat(Thread.interrupted()).isFalse();
        assertThat(effects()).containsExactly("m1", "m2");
    }

    @Test
    void forgetsTheFailuresOfWhatIsCommittedTogether() {
        HandledCall.Handler works = handler;
        handler = message -> {
            throw new IllegalStateException("not yet");
        };
        process("m1", 1);
        assertThat(failures()).isEqualTo(1);

        handler = works;
        assertThat(processing.processTogether(
                        endpoint, List.of(Messages.message("m1", "again", 2), Messages.message("m2", "first"))))
                .isInstanceOf(CoalescedOutcome.Committed.class);
        assertThat(failures()).isZero();
    }

    @Test
    void rollsAllBackWhenOneOfThemIsKnown() {
        process("m2", 1);

        assertThat(together("m1", "m2", "m3")).isInstanceOf(CoalescedOutcome.RolledBack.class);
        assertThat(effects()).containsExactly("m2");
        assertThat(kind(process("m1", 1))).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
    }

    @Test
    void rollsAllBackWhenAMessageComesTwiceAmongThem() {
        assertThat(together("m1", "m2", "m1")).isInstanceOf(CoalescedOutcome.RolledBack.class);
        assertThat(effects()).isEmpty();
    }

    @Test
    void rollsAllBackWhenTheHandlerFailsForOneAndCountsNothing() {
        List<String> committed = new ArrayList<>();
        handler = message -> {
            effect(message.id());
            afterCommit(() -> committed.add(message.id()));
            if (message.id().equals("m2")) {
                throw new IllegalStateException("no");
            }
        };

        assertThat(together("m1", "m2", "m3")).isInstanceOf(CoalescedOutcome.RolledBack.class);
        assertThat(effects()).isEmpty();
        assertThat(failures()).isZero();
        assertThat(committed).isEmpty();

        assertThat(together("m1", "m3")).isInstanceOf(CoalescedOutcome.Committed.class);
        assertThat(committed).containsExactly("m1", "m3");
    }

    private static void afterCommit(Runnable action) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }

    @Test
    void rollsAllBackWhenTheHandlerEndsTheirTransaction() {
        handler = message -> {
            effect(message.id());
            if (message.id().equals("m2")) {
                DataSourceUtils.getConnection(dataSource).rollback();
            }
        };

        assertThat(together("m1", "m2", "m3")).isInstanceOf(CoalescedOutcome.RolledBack.class);
        assertThat(kind(process("m1", 1))).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
    }

    @Test
    void doesNotCoalesceAHandlerThatBeginsATransactionOfItsOwn() {
        TransactionTemplate own = ownTransactions();
        handler = message -> own.executeWithoutResult(status -> effect(message.id()));

        assertThat(together("m1", "m2")).isInstanceOf(CoalescedOutcome.Unfit.class);
        assertThat(effects()).isEmpty();
        assertThat(kind(process("m1", 1))).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
        assertThat(effects()).containsExactly("m1");
    }

    @Test
    void losesNothingWhenTheHandlerSwallowsThatItsTransactionWasRefused() {
        TransactionTemplate own = ownTransactions();
        handler = message -> {
            try {
                own.executeWithoutResult(status -> effect("audit " + message.id()));
            } catch (RuntimeException e) {
                return;
            }
            effect(message.id());
        };

        assertThat(together("m1", "m2")).isInstanceOf(CoalescedOutcome.Unfit.class);
        assertThat(kind(process("m1", 1))).isEqualTo(ProcessingOutcome.Kind.PROCESSED);
        assertThat(effects()).containsExactlyInAnyOrder("audit m1", "m1");
    }

    @Test
    void coalescesAHandlerWithATransactionAfterTheCommit() {
        TransactionTemplate own = ownTransactions();
        handler = message -> {
            effect(message.id());
            afterCommit(() -> own.executeWithoutResult(status -> effect("after " + message.id())));
        };

        assertThat(together("m1", "m2")).isInstanceOf(CoalescedOutcome.Committed.class);
        assertThat(effects()).containsExactlyInAnyOrder("m1", "m2", "after m1", "after m2");
    }

    private TransactionTemplate ownTransactions() {
        TransactionTemplate own = new TransactionTemplate(transactions.getTransactionManager());
        own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        return own;
    }

    @Test
    void appliesEachEffectOnceWhenTwoConsumersHaveTheSameMessagesInAnotherOrder() {
        for (int round = 0; round < 20; round++) {
            String[] ids = IntStream.range(0, 10)
                    .mapToObj(Integer::toString)
                    .map(("round-" + round + "-")::concat)
                    .toArray(String[]::new);
            String[] reversed = IntStream.range(0, 10).mapToObj(i -> ids[9 - i]).toArray(String[]::new);
            CompletableFuture<?> other = CompletableFuture.runAsync(() -> togetherOrEach(reversed), OWN_THREAD);
            togetherOrEach(ids);
            other.join();
        }

        assertThat(effects()).doesNotHaveDuplicates().hasSize(200);
    }

    private void togetherOrEach(String... ids) {
        if (!(together(ids) instanceof CoalescedOutcome.Committed)) {
            for (String id : ids) {
                while (!(process(id, 1) instanceof ProcessingOutcome.Settled)) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private CoalescedOutcome together(String... ids) {
        return processing.processTogether(
                endpoint, Stream.of(ids).map(id -> Messages.message(id, id, 1)).toList());
    }

    private ProcessingOutcome process(String id, int attempt) {
        return processing.process(endpoint, Messages.message(id, id, attempt));
    }

    private static ProcessingOutcome.Kind kind(ProcessingOutcome outcome) {
        assertThat(outcome).isInstanceOf(ProcessingOutcome.Settled.class);
        return ((ProcessingOutcome.Settled) outcome).kind();
    }

    private void effect(String text) {
        jdbc.update("insert into effect values (?)", text);
    }

    private List<String> effects() {
        return jdbc.queryForList("select message from effect", String.class);
    }

    private int failures() {
        List<Integer> counts = jdbc.queryForList(
                "select failures from reliable_mq_inbox_failure where consumer_group = ?", Integer.class, (Object)
                        group.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return counts.stream().mapToInt(Integer::intValue).sum();
    }

    private ListenerEndpoint endpoint(boolean keyed) {
        return endpoint(keyed, Duration.ofDays(7));
    }

    private ListenerEndpoint endpoint(Duration dedupWindow) {
        return endpoint(false, dedupWindow);
    }

    private ListenerEndpoint endpoint(boolean keyed, Duration dedupWindow) {
        return new ListenerEndpoint(
                group,
                "test",
                new Subscription("orders", group, "*", false, false),
                new ListenerPolicy(1, 1, true, keyed, dedupWindow, THREE_ATTEMPTS, List.of()),
                message -> new HandledCall(received -> handler.handle(received), message, "business-key"));
    }
}
