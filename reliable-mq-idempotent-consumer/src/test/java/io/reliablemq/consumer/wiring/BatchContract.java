package io.reliablemq.consumer.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.ReplayOutcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Handlers that take a list, on every database. */
abstract class BatchContract extends ListenerFixture {

    private static final int MESSAGES = 64;

    class Batches {
        final List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());
        final Set<String> failing = ConcurrentHashMap.newKeySet();

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", batch = "16")
        void on(List<String> texts) {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isTrue();
            calls.add(texts);
            for (String text : texts) {
                jdbc.update("insert into effect values (?)", text);
                if (failing.contains(text)) {
                    throw new FatalListenerException("cannot handle " + text);
                }
            }
        }

        List<Integer> sizes() {
            return calls.stream().map(List::size).toList();
        }
    }

    private final Batches listener = new Batches();

    @Test
    void isCalledOnceForTheMessagesOfATransaction() {
        publish("t", MESSAGES);
        run(listener);

        drained();
        assertThat(effects()).hasSize(MESSAGES).doesNotHaveDuplicates();
        // four times 16 at best; the first receive may find few of them
        assertThat(listener.calls).hasSizeBetween(4, MESSAGES / 4);
        assertThat(listener.sizes()).allMatch(size -> size <= 16).contains(16);
        assertThat(broker.acknowledged).hasValue(MESSAGES);
    }

    @Test
    void isCalledForASingleMessageWithoutWaitingForAnother() {
        broker.publish(Messages.message("m", "alone"));
        run(listener);

        drained();
        assertThat(listener.calls).containsExactly(List.of("alone"));
    }

    @Test
    void takesEachByItselfWhenOneFailsAndBuriesOnlyThat() {
        listener.failing.add("t5");
        publish("t", MESSAGES);
        run(listener);

        drained();
        assertThat(effects()).hasSize(MESSAGES - 1).doesNotHaveDuplicates().doesNotContain("t5");
        assertThat(listener.calls).contains(List.of("t5"), List.of("t0"));
        assertThat(infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10))
                .extracting(DeadLetter::messageId)
                .containsExactly("t5");
    }

    @Test
    void takesEachByItselfWhenOneIsADuplicate() {
        for (int index = 0; index < 8; index++) {
            broker.publish(Messages.message("t" + index, "t" + index));
        }
        broker.publish(Messages.message("t3", "t3"));
        run(listener);

        drained();
        assertThat(effects()).hasSize(8).doesNotHaveDuplicates();
        assertThat(broker.acknowledged).hasValue(9);
    }

    @Test
    void isReplayedAsAListOfOne() {
        listener.failing.add("p");
        broker.publish(Messages.message("p", "p"));
        run(listener);
        drained();
        listener.failing.clear();

        String id = infrastructure
                .deadLetters()
                .list(DeadLetters.Letters.ofGroup("g"), null, 1)
                .get(0)
                .id();
        assertThat(infrastructure.deadLetters().replay(id, DeadLetters.Action.by("test", "mended")))
                .isInstanceOf(ReplayOutcome.Replayed.class);
        assertThat(effects()).containsExactly("p");
    }

    class Keyed {
        @IdempotentListener(topic = "orders", consumerGroup = "g", batch = "16", key = "payload.substring(0, 2)")
        void on(List<String> texts) {
            texts.forEach(text -> jdbc.update("insert into effect values (?)", text));
        }
    }

    @Test
    void mayHaveAKeyOfEachMessage() {
        broker.publish(Messages.message("same", "a1 first"));
        broker.publish(Messages.message("same", "a1 first"));
        broker.publish(Messages.message("same", "a2 other"));
        run(new Keyed());

        drained();
        assertThat(effects()).containsExactlyInAnyOrder("a1 first", "a2 other");
    }

    class InOrder {
        final Set<String> failed = ConcurrentHashMap.newKeySet();

        @IdempotentListener(topic = "orders", consumerGroup = "g", ordered = "true", batch = "16")
        void on(List<String> texts) {
            for (String text : texts) {
                if (text.endsWith("5") && failed.add(text)) {
                    throw new IllegalStateException("not yet");
                }
                jdbc.update("insert into effect values (?)", text);
            }
        }
    }

    @Test
    void keepsTheOrderOfEachKey() {
        publishInOrder();
        run(new InOrder());

        drained();
        assertThatEachKeyWasAppliedOnceAndInOrder();
    }
}
