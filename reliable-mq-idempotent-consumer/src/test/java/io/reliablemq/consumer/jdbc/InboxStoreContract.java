package io.reliablemq.consumer.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.Forgetting;
import io.reliablemq.consumer.InboxSchema;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.Admission;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxEntry;
import io.reliablemq.consumer.spi.InboxLedger.Arrival;
import io.reliablemq.consumer.spi.InboxLedger.Fate;
import io.reliablemq.consumer.spi.InboxState;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** What an inbox promises on every database. */
abstract class InboxStoreContract {

    /** Those of the common pool may be too few for transactions that wait for each other. */
    private static final Executor OWN_THREAD = task -> new Thread(task).start();

    private DataSource dataSource;
    private JdbcInbox inbox;
    private TransactionTemplate transactions;
    private String group;

    @BeforeEach
    void migrate(Database database) {
        dataSource = InboxSchema.migrate(database);
        inbox = JdbcInbox.on(dataSource);
        transactions = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        group = "group-" + UUID.randomUUID();
    }

    @Test
    void admitsANewKeyAndThenKnowsIt() {
        assertThat(admit(entry("key", "id-1"))).isInstanceOf(Admission.Admitted.class);

        Admission again = admit(entry("key", "id-1"));

        assertThat(again).isInstanceOfSatisfying(Admission.Recorded.class, recorded -> {
            assertThat(recorded.state()).isEqualTo(InboxState.DONE);
            assertThat(recorded.messageId()).isEqualTo("id-1");
            assertThat(recorded.conflictsWith(entry("key", "id-1"))).isFalse();
        });
    }

    @Test
    void forgetsAKeyWhoseTransactionRolledBack() {
        transactions.executeWithoutResult(status -> {
            inbox.admit(entry("key", "id-1"), InboxState.DONE);
            status.setRollbackOnly();
        });

        assertThat(admit(entry("key", "id-1"))).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void tellsWhatHasArrived() {
        admit(entry("applied", "applied"));
        admit(entry("late", "late"));
        transactions.executeWithoutResult(status -> {
            inbox.admit(entry("dead", "dead"), InboxState.DEAD);
            inbox.admit(entry("given up", "given up"), InboxState.DEAD);
            inbox.flip(entry("given up", "given up"), InboxState.DEAD, InboxState.DISCARDED);
            inbox.countFailure(entry("tried", "tried"));
            inbox.countFailure(entry("late", "late"));
        });
        admit(entry("another", "another"));
        long now = inbox.now();

        Map<String, Arrival> arrivals = inbox.ledger()
                .arrivals(group, List.of("applied", "late", "dead", "given up", "tried", "absent", "APPLIED"));

        assertThat(arrivals)
                .hasSize(5)
                .hasEntrySatisfying(
                        "applied", arrival -> assertThat(arrival.fate()).isEqualTo(Fate.APPLIED))
                .hasEntrySatisfying(
                        "late", arrival -> assertThat(arrival.fate()).isEqualTo(Fate.APPLIED))
                .hasEntrySatisfying(
                        "dead", arrival -> assertThat(arrival.fate()).isEqualTo(Fate.DEAD))
                .hasEntrySatisfying(
                        "given up", arrival -> assertThat(arrival.fate()).isEqualTo(Fate.DEAD))
                .hasEntrySatisfying(
                        "tried", arrival -> assertThat(arrival.fate()).isEqualTo(Fate.RETRYING))
                .allSatisfy((key, arrival) -> assertThat(arrival.atMs()).isBetween(now - 60_000, now));
        assertThat(inbox.ledger().arrivals(group + "-2", List.of("applied", "dead", "tried")))
                .isEmpty();
        assertThat(inbox.ledger().arrivals(group, List.of())).isEmpty();
    }

    @Test
    void tellsGroupsApart() {
        admit(entry("key", "id-1"));

        Admission other = transactions.execute(
                status -> inbox.admit(new InboxEntry(group + "-2", "key", "id-1", digest("a")), InboxState.DONE));

        assertThat(other).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void tellsKeysApartThatDifferInCaseTrailingSpaceOrAccentOnly() {
        for (String key : new String[] {"ab", "AB", "aB", "ab ", " ab", "äb", "a\u0308b", "ab\t"}) {
            assertThat(admit(entry(key, key))).as(key).isInstanceOf(Admission.Admitted.class);
        }
    }

    @Test
    void keepsTheLongestKeyWholeAndRefusesALongerOneInsteadOfCuttingIt(Database database) {
        String longest = "k".repeat(InboxEntry.MAX_BYTES);
        assertThat(admit(entry(longest, "1"))).isInstanceOf(Admission.Admitted.class);
        assertThat(admit(entry(longest, "1"))).isInstanceOf(Admission.Recorded.class);

        if (!"postgresql".equals(database.vendor().tag())) { // bytea has no length; Java checks it everywhere
            assertThatThrownBy(() -> admit(entry(longest + "x", "2")))
                    .isInstanceOf(io.reliablemq.consumer.spi.InboxUnavailableException.class);
        }
    }

    @Test
    void saysInProgressWhileAnotherTransactionHoldsTheKeyAndDuplicateAfterItsCommit() throws Exception {
        CountDownLatch admitted = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        CompletableFuture<Void> first = CompletableFuture.runAsync(
                () -> transactions.executeWithoutResult(status -> {
                    inbox.admit(entry("key", "id-1"), InboxState.DONE);
                    admitted.countDown();
                    await(finish);
                }),
                OWN_THREAD);
        admitted.await();

        long start = System.nanoTime();
        assertThatThrownBy(() -> admit(entry("key", "id-1"))).isInstanceOf(InboxContentionException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));

        finish.countDown();
        first.get();
        assertThat(admit(entry("key", "id-1"))).isInstanceOf(Admission.Recorded.class);
    }

    @Test
    void letsExactlyOneOfManyTransactionsWin() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        int winners = 0;
        @SuppressWarnings("unchecked")
        CompletableFuture<Boolean>[] contenders = new CompletableFuture[8];
        for (int index = 0; index < contenders.length; index++) {
            contenders[index] = CompletableFuture.supplyAsync(
                    () -> {
                        await(go);
                        return won();
                    },
                    OWN_THREAD);
        }
        go.countDown();
        for (CompletableFuture<Boolean> contender : contenders) {
            winners += contender.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
    }

    private boolean won() {
        try {
            return admit(entry("raced", "id-1")) instanceof Admission.Admitted;
        } catch (InboxContentionException e) {
            return false;
        }
    }

    @Test
    void seesAConflictOnlyWhenNeitherIdNorContentIsTheSame() {
        admit(entry("key", "id-1"));

        Admission.Recorded recorded = (Admission.Recorded) admit(entry("key", "id-2"));

        assertThat(recorded.conflictsWith(new InboxEntry(group, "key", "id-2", digest("a"))))
                .isFalse();
        assertThat(recorded.conflictsWith(new InboxEntry(group, "key", "id-1", digest("b"))))
                .isFalse();
        assertThat(recorded.conflictsWith(new InboxEntry(group, "key", "id-2", digest("b"))))
                .isTrue();
        assertThat(recorded.conflictsWith(new InboxEntry(group, "key", null, digest("b"))))
                .isTrue();
    }

    @Test
    void countsFailuresAndForgetsThem() {
        InboxEntry entry = entry("key", "id-1");
        assertThat(count(entry)).isEqualTo(1);
        assertThat(count(entry)).isEqualTo(2);
        assertThat(count(entry("other", "id-2"))).isEqualTo(1);

        transactions.executeWithoutResult(status -> inbox.forgetFailures(entry));

        assertThat(count(entry)).isEqualTo(1);
    }

    @Test
    void movesARecordOnOnceOnly() {
        InboxEntry entry = entry("key", "id-1");
        transactions.executeWithoutResult(status -> inbox.admit(entry, InboxState.DEAD));

        assertThat(flip(entry)).isTrue();
        assertThat(flip(entry)).isFalse();
    }

    private Boolean flip(InboxEntry entry) {
        return transactions.execute(status -> inbox.flip(entry, InboxState.DEAD, InboxState.DONE));
    }

    @Test
    void purgesOldRecordsInSmallBatchesButNeverDeadOnes() {
        for (int index = 0; index < 5; index++) {
            admit(entry("old-" + index, "id"));
        }
        transactions.executeWithoutResult(status -> inbox.admit(entry("dead", "id"), InboxState.DEAD));
        count(entry("old-count", "id"));
        new JdbcTemplate(dataSource)
                .update(
                        "update reliable_mq_inbox set processed_at = processed_at - 100000 where consumer_group = ?",
                        (Object) group.getBytes(UTF_8));
        admit(entry("young", "id"));

        Forgetting.atOnce(new JdbcTemplate(dataSource), group);
        assertThat(purge(3)).isEqualTo(3);
        assertThat(purge(3)).isEqualTo(2);
        assertThat(purge(3)).isZero();
        assertThat(admit(entry("dead", "id"))).isInstanceOf(Admission.Recorded.class);
        assertThat(admit(entry("young", "id"))).isInstanceOf(Admission.Recorded.class);
        assertThat(admit(entry("old-0", "id"))).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void deletesWhatEveryProcessHasHadTimeToHearOf() {
        AtomicLong nanos = new AtomicLong();
        InboxHorizon one = new InboxHorizon(new InboxStatements(dataSource), nanos::get, System::currentTimeMillis);
        InboxHorizon other = new InboxHorizon(new InboxStatements(dataSource), nanos::get, System::currentTimeMillis);
        assertThat(inbox.horizon(group).forgetsBefore()).isZero();

        assertThat(forget(one, 100)).isZero();
        assertThat(inbox.horizon(group).forgetsBefore()).isEqualTo(100);
        assertThat(forget(one, 200)).isZero();
        nanos.addAndGet(InboxStore.NOTICE.toNanos() - 1);
        assertThat(forget(one, 300)).isZero();
        assertThat(forget(other, 300)).as("it has just heard").isZero();
        nanos.addAndGet(1);
        assertThat(forget(one, 300)).isEqualTo(100);
        assertThat(inbox.horizon(group).forgetsBefore()).isEqualTo(300);
        assertThat(forget(other, 50)).as("it needs more than the others").isEqualTo(50);

        nanos.addAndGet(InboxStore.NOTICE.toNanos());
        assertThat(forget(other, 50)).as("it has just heard of the next").isEqualTo(50);
        nanos.addAndGet(InboxStore.NOTICE.toNanos());
        assertThat(forget(other, 250)).as("but what was announced is so").isEqualTo(250);
        assertThat(inbox.horizon(group).forgetsBefore()).isEqualTo(300);
        assertThat(inbox.horizon(group + "x").forgetsBefore()).isZero();
    }

    private Long forget(InboxHorizon horizon, long old) {
        return transactions.execute(status -> horizon.forget(group, 1000, 1000 - old));
    }

    /** All that came in meanwhile would be refused for as long as it had been set forward. */
    @Test
    void takesBackWhatADatabaseClockHasAnnouncedThatWasSetForward() {
        long forward = Duration.ofDays(30).toMillis();
        AtomicLong own = new AtomicLong();
        InboxHorizon horizon = new InboxHorizon(new InboxStatements(dataSource), System::nanoTime, own::get);
        long now = inbox.now();
        own.set(now + 59_000);
        transactions.executeWithoutResult(status -> horizon.forget(group, now + forward, 1));
        assertThat(inbox.horizon(group).forgetsBefore()).isEqualTo(now + forward - 1);

        assertThat(transactions.<Long>execute(status -> horizon.forget(group, now, 1)))
                .isZero();

        assertThat(inbox.horizon(group).forgetsBefore()).isEqualTo(now);
    }

    /** What it had announced was right, and has been deleted. */
    @Test
    void takesNothingBackWhileADatabaseClockIsSetBack() {
        long now = inbox.now();
        InboxHorizon horizon = new InboxHorizon(new InboxStatements(dataSource), System::nanoTime, () -> now);
        transactions.executeWithoutResult(status -> horizon.forget(group, now, 1));

        long back = now - Duration.ofDays(3).toMillis();
        assertThat(transactions.<Long>execute(status -> horizon.forget(group, back, 1)))
                .isZero();

        assertThat(inbox.horizon(group).forgetsBefore()).isEqualTo(now - 1);
    }

    private Integer purge(int limit) {
        return transactions.execute(status -> inbox.purge(group, Duration.ofSeconds(50), limit));
    }

    @Test
    void readsTheDatabasesClockInUtc() {
        assertThat(inbox.now()).isBetween(System.currentTimeMillis() - 10_000, System.currentTimeMillis() + 10_000);
        assertThat(inbox.horizon(group).nowMs())
                .isBetween(System.currentTimeMillis() - 10_000, System.currentTimeMillis() + 10_000);
    }

    @Test
    void refusesATransactionOfAnotherDataSource() {
        TransactionTemplate foreign = new TransactionTemplate(
                new DataSourceTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:foreign")));

        assertThatThrownBy(() -> foreign.executeWithoutResult(status -> inbox.requireBoundTransaction()))
                .isInstanceOf(ListenerConfigurationException.class)
                .hasMessageContaining("not bound to the inbox's data source")
                .hasMessageContaining("give the listeners the transaction manager of that data source");
    }

    private Admission admit(InboxEntry entry) {
        return transactions.execute(status -> inbox.admit(entry, InboxState.DONE));
    }

    private Integer count(InboxEntry entry) {
        return transactions.execute(status -> inbox.countFailure(entry));
    }

    private InboxEntry entry(String key, String id) {
        return new InboxEntry(group, key, id, digest("a"));
    }

    private static byte[] digest(String content) {
        byte[] digest = new byte[32];
        digest[0] = (byte) content.charAt(0);
        return digest;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
