package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often the database is asked whether a topic has taken messages. */
class KnownTopicsTests {

    private final MemoryOutbox store = new MemoryOutbox(1);
    private final List<String> remembered = new ArrayList<>();
    private final KnownTopics topics = new KnownTopics(store, remembered::add);

    private int questions(Runnable work) {
        int before = store.topicsRead.get();
        work.run();
        return store.topicsRead.get() - before;
    }

    @Test
    void asksOnceATurnForWhatNobodyKnows() {
        assertThat(questions(() -> {
                    assertThat(topics.contains("gone")).isFalse();
                    assertThat(topics.contains("gone")).isFalse();
                }))
                .isOne();

        store.rememberTopic("gone");
        assertThat(topics.contains("gone")).isFalse();
        topics.askAgain();
        assertThat(topics.contains("gone")).isTrue();
    }

    @Test
    void neverAsksAgainForWhatIsKnown() {
        store.rememberTopic("by another process");
        topics.took("by this one");

        assertThat(questions(() -> {
                    assertThat(topics.contains("by this one")).isTrue();
                    assertThat(topics.contains("by another process")).isTrue();
                    topics.askAgain();
                    assertThat(topics.contains("by another process")).isTrue();
                }))
                .isOne();
        topics.took("by another process");
        assertThat(remembered).containsExactly("by this one");
    }

    @Test
    void doesNotAskAgainInATurnWhatCouldNotBeAnswered() {
        store.broken = true;
        assertThatThrownBy(() -> topics.contains("gone")).isInstanceOf(RuntimeException.class);
        store.broken = false;
        assertThat(questions(
                        () -> assertThatThrownBy(() -> topics.contains("gone")).isInstanceOf(RuntimeException.class)))
                .isZero();
        topics.askAgain();
        assertThat(topics.contains("gone")).isFalse();
    }
}
