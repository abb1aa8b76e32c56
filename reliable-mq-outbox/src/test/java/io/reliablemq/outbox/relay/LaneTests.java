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

    @Test
    void whatWasReadLongAgoIsLeftToTheSweep() {
        lane.read(100, 0);
        lane.read(200, 5 * SECOND);

        assertThat(lane.floor(9 * SECOND)).isZero();
        assertThat(lane.floor(11 * SECOND)).isEqualTo(100);
        assertThat(lane.floor(16 * SECOND)).isEqualTo(200);
    }

    @Test
    void whatWasOldFromTheBeginningIsLeftToTheSweep() {
        lane.old(150);
        lane.read(100, 0);

        assertThat(lane.floor(1)).isEqualTo(150);
        assertThat(lane.settledDown(1)).isTrue();
    }

    @Test
    void whatIsReadAgainAfterAnOutageIsAsOldAsBefore() {
        lane.read(100, 0);
        lane.floor(11 * SECOND);
        lane.miss(50);
        lane.read(200, 12 * SECOND);

        lane.rewindToMissed();

        assertThat(lane.cursor()).isEqualTo(49);
        assertThat(lane.floor(12 * SECOND)).isEqualTo(100);
        assertThat(lane.floor(23 * SECOND)).isEqualTo(200);
    }

    @Test
    void whatIsPutBackUnderItsOldIdIsLookedForFromTheStart() {
        lane.read(100, 0);
        lane.floor(11 * SECOND);
        lane.startOver = true;

        lane.rewindToStart();

        assertThat(lane.cursor()).isZero();
        assertThat(lane.floor(11 * SECOND)).isZero();
    }
}
