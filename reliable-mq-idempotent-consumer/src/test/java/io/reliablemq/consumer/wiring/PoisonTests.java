package io.reliablemq.consumer.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.Messages;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One message among ten thousand that no attempt can handle. */
@DatabaseTest(TestDatabase.H2)
class PoisonTests extends ListenerFixture {

    private static final int MESSAGES = 10_000;
    private static final int KEYS = 100;
    private static final String POISON = message(4_242);

    private static String message(int number) {
        return number % KEYS + "#" + number;
    }

    final class Unordered {

        @IdempotentListener(topic = "orders", consumerGroup = "g")
        void on(String text) {
            handle(text);
        }
    }

    final class OrderedCoalescing {

        @IdempotentListener(topic = "orders", consumerGroup = "g", ordered = "true", coalesce = "32")
        void on(String text) {
            handle(text);
        }
    }

    private void handle(String text) {
        if (text.equals(POISON)) {
            throw new IllegalStateException("poison");
        }
        jdbc.update("insert into effect values (?)", text);
    }

    @Test
    void isOneDeadLetterBesideTheEffectsOfAllOthers() {
        check(new Unordered(), false);
    }

    @Test
    void leavesEachKeyInItsOrderWhereMessagesAreCommittedTogether() {
        check(new OrderedCoalescing(), true);
    }

    private void check(Object listener, boolean ordered) {
        for (int number = 0; number < MESSAGES; number++) {
            String text = message(number);
            broker.publish(
                    ordered ? Messages.ordered(text, String.valueOf(number % KEYS)) : Messages.message(text, text));
        }
        run(listener);

        drained();

        assertThat(infrastructure.deadLetters().list(Letters.all(), null, 10))
                .extracting(DeadLetter::key)
                .containsExactly(POISON);
        List<String> effects = jdbc.queryForList("select message from effect order by _rowid_", String.class);
        assertThat(effects).hasSize(MESSAGES - 1).doesNotHaveDuplicates().doesNotContain(POISON);
        if (ordered) {
            assertInOrder(effects);
        }
    }

    private static void assertInOrder(List<String> effects) {
        Map<String, Integer> last = new HashMap<>();
        for (String effect : effects) {
            String key = effect.substring(0, effect.indexOf('#'));
            int number = Integer.parseInt(effect.substring(effect.indexOf('#') + 1));
            Integer before = last.put(key, number);
            assertThat(before == null || before < number)
                    .as("%s after %s", effect, before)
                    .isTrue();
        }
    }
}
