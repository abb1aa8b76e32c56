package io.reliablemq.consumer.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.Messages;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.event.TransactionalEventListenerFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Listeners that commit several messages in one transaction. */
@DatabaseTest(TestDatabase.H2)
class CoalescingTests extends ListenerFixture {

    private static final int MESSAGES = 64;

    private final AtomicInteger commits = new AtomicInteger();
    private GenericApplicationContext application;

    @Override
    void customize(GenericApplicationContext context) {
        application = context;
        AnnotationConfigUtils.registerAnnotationConfigProcessors(context);
        context.registerBean(TransactionalEventListenerFactory.class);
    }

    class Together {
        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", coalesce = "16", id = "together")
        void on(String text) {
            countTheCommit();
            if (text.equals("poison")) {
                throw new FatalListenerException("cannot handle " + text);
            }
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Test
    void commitsTogetherWhatIsThere() {
        publish("t", MESSAGES);
        run(new Together());

        drained();
        assertThat(effects()).hasSize(MESSAGES).doesNotHaveDuplicates();
        // four times 16 at best; the first receive may find few of them
        assertThat(commits).hasValueBetween(4, MESSAGES / 4);
        assertThat(broker.acknowledged).hasValue(MESSAGES);
    }

    @Test
    void buriesPoisonAndAppliesAllOthersOnce() {
        publish("a", MESSAGES);
        broker.publish(Messages.message("p", "poison"));
        publish("b", MESSAGES);
        run(new Together());

        drained();
        assertThat(effects()).hasSize(2 * MESSAGES).doesNotHaveDuplicates();
        assertThat(infrastructure.deadLetters().list(Letters.ofGroup("g"), null, 10))
                .singleElement()
                .extracting(DeadLetter::reason)
                .isEqualTo(DeadLetterReason.FATAL);
    }

    @Test
    void commitsTogetherAgainAfterAFailure() {
        broker.publish(Messages.message("p", "poison"));
        publish("a", MESSAGES);
        publish("b", MESSAGES);
        publish("c", MESSAGES);
        run(new Together());

        drained();
        assertThat(effects()).hasSize(3 * MESSAGES);
        assertThat(commits).hasValueLessThan(MESSAGES);
    }

    record Announced(String text) {}

    class Announcing {
        final Queue<String> committed = new ConcurrentLinkedQueue<>();
        final Queue<String> heard = new ConcurrentLinkedQueue<>();

        @IdempotentListener(
                topic = "orders",
                consumerGroup = "g",
                concurrency = "1",
                coalesce = "16",
                id = "announcing")
        void on(String text) {
            application.publishEvent(new Announced(text));
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    committed.add(text);
                }
            });
            if (text.equals("poison")) {
                throw new FatalListenerException("cannot handle " + text);
            }
            jdbc.update("insert into effect values (?)", text);
        }

        @TransactionalEventListener
        void heard(Announced event) {
            heard.add(event.text());
        }
    }

    @Test
    void tellsOfCommitsOnlyAndOfEachOnce() {
        Announcing listener = new Announcing();
        publish("a", MESSAGES);
        broker.publish(Messages.message("p", "poison"));
        publish("b", MESSAGES);
        run(listener);

        drained();
        assertThat(effects()).hasSize(2 * MESSAGES).doesNotContain("poison");
        assertThat(listener.committed).containsExactlyInAnyOrderElementsOf(effects());
        assertThat(listener.heard).containsExactlyInAnyOrderElementsOf(effects());
    }

    class Unfit {
        private final TransactionTemplate own = new TransactionTemplate(new DataSourceTransactionManager(dataSource));

        Unfit() {
            own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        }

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", coalesce = "16", id = "unfit")
        void on(String text) {
            own.executeWithoutResult(status -> jdbc.update("insert into effect values (?)", text));
        }
    }

    @Test
    void handlesEachByItselfWhenTheHandlerBeginsATransactionOfItsOwn() {
        publish("t", MESSAGES);
        run(new Unfit());

        drained();
        assertThat(effects()).hasSize(MESSAGES).doesNotHaveDuplicates();
    }

    class OutOfMemory {
        private final AtomicInteger failures = new AtomicInteger();

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", coalesce = "16", id = "fatal")
        void on(String text) {
            // once together with others, once by itself
            if (text.equals("t5") && failures.incrementAndGet() <= 2) {
                throw new OutOfMemoryError("as a test");
            }
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Test
    void handsBackWhatAWorkerHasTakenWhenAnErrorEndsIt() {
        Queue<Throwable> reached = new ConcurrentLinkedQueue<>();
        Thread.UncaughtExceptionHandler usual = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> reached.add(error));
        try {
            publish("t", MESSAGES);
            run(new OutOfMemory());

            await().dontCatchUncaughtExceptions().atMost(Duration.ofSeconds(20)).until(() -> broker.remaining() == 0);
            assertThat(effects()).hasSize(MESSAGES).doesNotHaveDuplicates();
            assertThat(reached).singleElement().isInstanceOf(OutOfMemoryError.class);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(usual);
        }
    }

    class InOrder {
        private final Set<String> failed = ConcurrentHashMap.newKeySet();

        @IdempotentListener(topic = "orders", consumerGroup = "g", ordered = "true", coalesce = "16", id = "ordered")
        void on(String text) {
            if (text.endsWith("5") && failed.add(text)) {
                throw new IllegalStateException("not yet");
            }
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Test
    void keepsTheOrderOfEachKey() {
        publishInOrder();
        run(new InOrder());

        drained();
        assertThatEachKeyWasAppliedOnceAndInOrder();
    }

    /** Once for each transaction. */
    private void countTheCommit() {
        if (!TransactionSynchronizationManager.hasResource(commits)) {
            TransactionSynchronizationManager.bindResource(commits, commits);
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCompletion(int status) {
                    TransactionSynchronizationManager.unbindResource(commits);
                    if (status == STATUS_COMMITTED) {
                        commits.incrementAndGet();
                    }
                }
            });
        }
    }
}
