package io.reliablemq.consumer.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.Forgetting;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.Messages;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a broker may do to a message while it is handled and after that, on every database. */
abstract class EffectOnceContract extends ListenerFixture {

    final class Slow {

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "4")
        void on(String text) {
            jdbc.update("insert into effect values (?)", text);
            await().atMost(Duration.ofSeconds(20)).until(() -> broker.deliveries.getOrDefault(text, 0) > 1);
        }
    }

    @Test
    void aMessageThatTwoConsumersHandleAtOnceHasOneEffect() {
        infrastructure = infrastructure(Duration.ofMillis(300));
        broker.losesRenewals = true;
        for (String id : new String[] {"m1", "m2"}) {
            broker.publish(Messages.message(id, id));
        }

        run(new Slow());

        drained();
        assertThat(effects()).containsExactlyInAnyOrder("m1", "m2");
        assertThat(broker.deliveries.values()).allMatch(deliveries -> deliveries > 1);
        assertThat(jdbc.queryForObject("select count(*) from reliable_mq_inbox_failure", Integer.class))
                .isZero();
    }

    final class Together {

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", coalesce = "16")
        void on(String text) {
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Test
    void messagesWhoseAcknowledgementsAreLostHaveOneEffectEach() {
        broker.loseAcknowledgements = 8;
        for (int i = 10; i < 26; i++) {
            broker.publish(Messages.message("m" + i, "m" + i));
        }

        run(new Together());

        drained();
        assertThat(effects()).hasSize(16).doesNotHaveDuplicates();
        assertThat(broker.deliveries.values().stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .isEqualTo(24);
    }

    /** Another time than now: both clocks, that of the producer and that of the database, are eight days on. */
    @Test
    void aMessageThatComesAgainWhenItsRecordIsPurgedIsSetAsideAndNotApplied() {
        Duration past = Duration.ofDays(8);
        broker.publish(Messages.message("m1", "m1"));
        run(new Together());
        drained();
        assertThat(effects()).containsExactly("m1");

        Forgetting.atOnce(jdbc, "g");
        jdbc.update("update reliable_mq_inbox set processed_at = processed_at - ?", past.toMillis());
        await().until(() -> jdbc.queryForList("select 1 from reliable_mq_inbox").isEmpty());
        broker.publish(Messages.createdAt("m1", System.currentTimeMillis() - past.toMillis()));

        drained();
        assertThat(effects()).containsExactly("m1");
        assertThat(infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10))
                .extracting(DeadLetter::messageId, DeadLetter::reason)
                .containsExactly(tuple("m1", DeadLetterReason.TOO_OLD));
        // under the same key, so one that comes once more is a duplicate of the letter
        broker.publish(Messages.createdAt("m1", System.currentTimeMillis() - past.toMillis()));
        drained();
        assertThat(infrastructure.deadLetters().count(DeadLetters.Letters.all()))
                .isEqualTo(1);
        assertThat(effects()).containsExactly("m1");
    }
}
