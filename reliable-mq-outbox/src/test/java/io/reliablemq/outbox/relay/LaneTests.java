package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneClaim;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Where is looked behind the cursor. */
class LaneTests {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Lane lane =
            new Lane(new LaneClaim(UUID.randomUUID(), 0, 1), Duration.ofSeconds(10), System.nanoTime());

    private long floor() {
        return lane.trail().after();
    }

    @Test
    void whatWasReadLongAgoAndLookedForSinceIsLeftToTheSweep() {
        lane.read(100, 0, 0);
        lane.read(200, 5 * SECOND, 0);

        lane.lookedBehind(9 * SECOND);
        assertThat(floor()).isZero();
        lane.lookedBehind(11 * SECOND);
        assertThat(floor()).isEqualTo(100);
        assertThat(lane.settledDown()).isFalse();
        lane.lookedBehind(16 * SECOND);
        assertThat(floor()).isEqualTo(200);
        assertThat(lane.settledDown()).isTrue();
    }

    @Test
    void whatWasReadJustAfterIsNotTakenForOlderThanItIs() {
        lane.read(100, 0, 0);
        lane.read(101, SECOND / 10, 0);

        lane.lookedBehind(10 * SECOND + 1);
        assertThat(floor()).isZero();
        lane.lookedBehind(10 * SECOND + SECOND / 10 + 1);
        assertThat(floor()).isEqualTo(101);
    }

    /** Who goes back to what was passed again and again would read the same rows for ever. */
    @Test
    void hasComeFurtherWhenNewRowsWereReadForSomeTimeAndForAsLongAsOldOnes() {
        lane.read(1000, 0, 0);
        assertThat(lane.hasComeFurther(30 * SECOND - 1)).isFalse();
        assertThat(lane.hasComeFurther(30 * SECOND)).isTrue();

        lane.miss(10);
        lane.rewindToMissed();
        lane.read(500, 1000 * SECOND, 60 * SECOND);
        assertThat(lane.hasComeFurther(2000 * SECOND)).isFalse();
        lane.read(1000, 2000 * SECOND, 40 * SECOND);
        lane.read(1500, 2010 * SECOND, 10 * SECOND);
        assertThat(lane.hasComeFurther(2100 * SECOND - 1)).isFalse();
        assertThat(lane.hasComeFurther(2100 * SECOND)).isTrue();
    }

    /** The row where it was turned back may have been sent and deleted meanwhile. */
    @Test
    void hasComeAsFarAsItCanAtTheEndOfTheTable() {
        Lane stuck = new Lane(new LaneClaim(UUID.randomUUID(), 0, 1), Duration.ofSeconds(10), 0);
        stuck.read(1000, 0, 0);
        stuck.miss(10);
        stuck.rewindToMissed();
        stuck.read(500, SECOND, 0);
        stuck.more = false;
        stuck.endReached();
        stuck.read(500, SECOND, 0);

        assertThat(stuck.hasComeFurther(31 * SECOND)).isTrue();
    }

    @Test
    void whatWasOldFromTheBeginningIsLeftToTheSweep() {
        lane.old(150);
        lane.read(100, 0, 0);

        assertThat(floor()).isEqualTo(150);
        assertThat(lane.settledDown()).isTrue();
    }

    @Test
    void whatIsReadAgainAfterAnOutageIsAsOldAsBefore() {
        lane.read(100, 0, 0);
        lane.lookedBehind(11 * SECOND);
        lane.miss(50);
        lane.read(200, 12 * SECOND, 0);

        lane.rewindToMissed();

        assertThat(lane.cursor()).isEqualTo(49);
        assertThat(floor()).isEqualTo(100);
        lane.lookedBehind(23 * SECOND);
        assertThat(floor()).isEqualTo(200);
    }

    @Test
    void whatIsPutBackUnderItsOldIdIsLookedForFromTheStart() {
        lane.read(100, 0, 0);
        lane.lookedBehind(11 * SECOND);
        lane.startOver = true;

        lane.rewindToStart();

        assertThat(lane.cursor()).isZero();
        assertThat(floor()).isZero();
    }
}
