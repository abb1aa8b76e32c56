package io.reliablemq.consumer.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.Forgetting;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.jdbc.JdbcInbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** What old records are deleted in is a transaction of its own, and nothing that a listener has to wait for. */
abstract class PurgeContract extends ListenerFixture {

    private static final String PURGE = "purge";
    private static final Duration WINDOW = Duration.ofDays(5);

    final class Effects {

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "4", coalesce = "8")
        void on(String text) {
            if (text.startsWith("poison")) {
                throw new FatalListenerException("cannot handle it");
            }
            jdbc.update("insert into effect values (?)", text);
        }
    }

    /** Lets somebody do something right before the purge's commit. */
    private static final class Held extends DataSourceTransactionManager {

        private transient @Nullable Runnable beforeCommit;

        Held(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            if (beforeCommit != null && Thread.currentThread().getName().equals(PURGE)) {
                beforeCommit.run();
            }
            super.doCommit(status);
        }
    }

    @Test
    void keepsNoMessageWaitingWhileItDeletes() throws Exception {
        Held manager = new Held(dataSource);
        infrastructure = infrastructure(Duration.ofSeconds(60), manager);
        remember(600);
        run(new Effects());

        whilePurging(manager, 500, "a");
        // fewer than it may: it looks past the last one
        whilePurging(manager, 100, "b");
        whilePurging(manager, 0, "c");
        assertThat(effects()).hasSize(150).doesNotHaveDuplicates();
        assertThat(infrastructure.deadLetters().count(Letters.all())).isEqualTo(3);
    }

    /** The listener's messages have keys between those of the old records, and are handled before the purge commits. */
    private void whilePurging(Held manager, int purged, String prefix) throws Exception {
        manager.beforeCommit = () -> {
            for (int number = 100; number < 150; number++) {
                broker.publish(Messages.message("m" + number + prefix, prefix + number));
            }
            broker.publish(Messages.message("m130" + prefix + "p", "poison" + prefix));
            drained();
        };
        FutureTask<Integer> purge =
                new FutureTask<>(() -> infrastructure.processor().purge("g", WINDOW));
        new Thread(purge, PURGE).start();
        assertThat(purge.get()).isEqualTo(purged);
        assertThat(broker.postponements).isEmpty();
        assertThat(Set.copyOf(broker.deliveries.values())).containsExactly(1);
    }

    /** As a replay has one: the two would else wait for each other at the letter and at its index. */
    @Test
    @Timeout(30)
    void doesNotWaitForALetterThatAnOperatorHasInHand() throws Exception {
        run(new Effects());
        broker.publish(Messages.message("m1", "poison"));
        drained();
        new TransactionTemplate(new DataSourceTransactionManager(dataSource)).executeWithoutResult(status -> {
            jdbc.queryForList("select id from reliable_mq_dead_letter where state = 'OPEN' for update");
            FutureTask<Integer> purge =
                    new FutureTask<>(() -> infrastructure.processor().purge("g", WINDOW));
            new Thread(purge, PURGE).start();
            assertThat(purge).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(0);
        });
        assertThat(infrastructure.deadLetters().count(Letters.all())).isOne();
    }

    @Test
    void keepsRecordsLongerThanTheDedupWindowByWhatClocksMayDiffer() {
        remember(1);
        long within = JdbcInbox.on(dataSource).now() - WINDOW.plusMinutes(60).toMillis();
        jdbc.update("update reliable_mq_inbox set processed_at = ?", within);
        assertThat(infrastructure.processor().purge("g", WINDOW)).isZero();
        jdbc.update("update reliable_mq_inbox set processed_at = processed_at - 120000");
        assertThat(infrastructure.processor().purge("g", WINDOW)).isEqualTo(1);
    }

    /** Six days ago, which is within the dedup window: the listener's own purge leaves them alone. */
    private void remember(int count) {
        Forgetting.atOnce(jdbc, "g");
        long then = JdbcInbox.on(dataSource).now() - Duration.ofDays(6).toMillis();
        List<Object[]> records = new ArrayList<>();
        for (int number = 100; number < 100 + count; number++) {
            records.add(new Object[] {"g".getBytes(UTF_8), ("m" + number).getBytes(UTF_8), new byte[32], then});
        }
        jdbc.batchUpdate(
                "insert into reliable_mq_inbox (consumer_group, message_key, digest, state, processed_at)"
                        + " values (?, ?, ?, 'DONE', ?)",
                records);
    }
}
