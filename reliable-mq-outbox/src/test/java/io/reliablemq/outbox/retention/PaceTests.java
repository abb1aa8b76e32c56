package io.reliablemq.outbox.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTests {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Pace pace = new Pace(Duration.ofSeconds(60), 500);

    @Test
    void restsFourTimesAsLongAsABatchTook() {
        assertThat(pace.pause(500, SECOND / 100)).isEqualTo(SECOND / 25);
    }

    @Test
    void waitsForTheNextRoundWhenLessThanABatchWasThere() {
        assertThat(pace.pause(499, SECOND / 100)).isBetween(45 * SECOND, 60 * SECOND);
        assertThat(pace.pause(0, 1)).isBetween(45 * SECOND, 60 * SECOND);
    }

    @Test
    void leavesADatabaseAloneThatNeedsLongForABatch() {
        assertThat(pace.pause(500, 2 * SECOND)).isBetween(45 * SECOND, 60 * SECOND);
    }
}
