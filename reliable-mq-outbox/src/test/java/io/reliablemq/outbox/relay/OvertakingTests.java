package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.OutboxRow;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which rows of a lane wait for another lane, and how often that one is asked for them. */
class OvertakingTests {

    private static final long MILLI = Duration.ofMillis(1).toNanos();

    private final MemoryOutbox table = new MemoryOutbox(1);
    private final Overtaking overtaking = new Overtaking(System.nanoTime());
    private final OutboxRow first = table.draw("topic", "key");
    private final OutboxRow second = table.draw("topic", "key");
    private final OutboxRow third = table.draw("topic", "key");

    @Test
    void nobodyOvertakesTheFirstOneThatWaits() {
        overtaking.wait(second);
        overtaking.wait(third);

        assertThat(overtaking.wouldOvertake(first)).isFalse();
        assertThat(overtaking.wouldOvertake(second)).isFalse();
        assertThat(overtaking.wouldOvertake(third)).isTrue();
        assertThat(overtaking.wouldOvertake(table.draw("topic", "other"))).isFalse();
        assertThat(overtaking.wouldOvertake(table.draw("other", "key"))).isFalse();
        overtaking.clear();
        assertThat(overtaking.wouldOvertake(third)).isFalse();
    }

    @Test
    void aLongQuestionIsFollowedByARestOfFourTimesThat() {
        overtaking.asked(0, 20 * MILLI);
        assertThat(overtaking.rests(20 * MILLI)).isFalse();

        overtaking.asked(0, 100 * MILLI);

        assertThat(overtaking.rests(500 * MILLI - 1)).isTrue();
        assertThat(overtaking.rests(500 * MILLI)).isFalse();
    }

    @Test
    void theOtherLaneIsAskedLessOftenTheLongerItLetsNonePass() {
        for (long expected : new long[] {5, 10, 20, 40, 80, 160, 320, 500, 500}) {
            assertThat(pause()).isEqualTo(expected * MILLI);
            overtaking.clear();
        }

        overtaking.letPass();
        overtaking.clear();

        assertThat(pause()).isEqualTo(5 * MILLI);
    }

    /** What is read again and again costs more than the question. */
    @Test
    void theOtherLaneIsAskedLessOftenTheMoreRowsWait() {
        overtaking.asked(0, 0);
        overtaking.wait(first);
        for (int i = 0; i < 1000; i++) {
            overtaking.wouldOvertake(third);
        }

        assertThat(overtaking.nextDue(0)).isEqualTo(205 * MILLI + MILLI / 5);
        overtaking.clear();
        assertThat(overtaking.nextDue(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void rowsThatWaitAreReadAgainAlthoughOthersAreAskedAboutAllTheTime() {
        overtaking.asked(0, 0);
        overtaking.wait(first);
        assertThat(overtaking.nextDue(MILLI)).isPositive();

        for (int i = 1; i <= 20; i++) {
            overtaking.asked(i * MILLI, i * MILLI);
        }

        assertThat(overtaking.nextDue(20 * MILLI)).isNegative();
    }

    @Test
    void rowsThatWaitAreReadAgainAfterTheRestThatFollowsALongQuestion() {
        overtaking.asked(0, 0);
        overtaking.wait(first);

        overtaking.asked(MILLI, 101 * MILLI);

        assertThat(overtaking.nextDue(400 * MILLI)).isPositive();
        assertThat(overtaking.nextDue(510 * MILLI)).isNegative();
    }

    /** Without what is for the one row that waits. */
    private long pause() {
        overtaking.asked(0, 0);
        overtaking.wait(first);
        return overtaking.nextDue(0) - MILLI / 5;
    }
}
