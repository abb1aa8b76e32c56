package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.OutboxRow;
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
    void goesBackToPassedKeysWhenItHasComeFurtherForThreeTimesAsLongAsReadingAgainTook() {
        lane.read(1000, 0, 0);
        pass(0);
        lane.passedKeys.free("topic");
        lane.rewindToPassedKeys(SECOND - 1, topic -> true);
        assertThat(lane.cursor()).isEqualTo(1000);
        lane.rewindToPassedKeys(SECOND, topic -> true);
        assertThat(lane.cursor()).isZero();

        lane.read(500, 1000 * SECOND, 6 * SECOND);
        pass(0);
        lane.passedKeys.free("topic");
        lane.rewindToPassedKeys(2000 * SECOND, topic -> true);
        assertThat(lane.cursor()).isEqualTo(500);
        lane.read(1000, 2000 * SECOND, 4 * SECOND);
        lane.read(1500, 2010 * SECOND, 10 * SECOND);
        lane.rewindToPassedKeys(2030 * SECOND - 1, topic -> true);
        assertThat(lane.cursor()).isEqualTo(1500);
        lane.rewindToPassedKeys(2030 * SECOND, topic -> true);
        assertThat(lane.cursor()).isZero();
    }

    @Test
    void goesBackToPassedKeysAfterFiveMinutesWhenNobodyTells() {
        lane.read(1000, 0, 0);
        pass(7 * SECOND);
        lane.passedKeys.clear();
        pass(10 * SECOND);
        pass(20 * SECOND);

        lane.rewindToPassedKeys(310 * SECOND - 1, topic -> true);
        assertThat(lane.cursor()).isEqualTo(1000);
        lane.rewindToPassedKeys(310 * SECOND, topic -> true);
        assertThat(lane.cursor()).isZero();
    }

    @Test
    void goesBackToPassedKeysOfItsTopicOnly() {
        lane.read(1000, 0, 0);
        pass(0);
        lane.passedKeys.free("other");
        lane.rewindToPassedKeys(SECOND, topic -> true);
        assertThat(lane.cursor()).isEqualTo(1000);

        lane.rewindToPassedKeys(SECOND, topic -> !topic.equals("topic"));
        assertThat(lane.cursor()).isZero();
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
        stuck.miss(10);
        stuck.passedKeys.pass(row(), SECOND);
        stuck.passedKeys.free("topic");

        stuck.rewindToPassedKeys(SECOND, topic -> true);
        assertThat(stuck.cursor()).isEqualTo(9);
    }

    @Test
    void remembersManyKeysAndOfMoreTheirTopic() {
        MemoryOutbox many = new MemoryOutbox(1);
        for (int i = 0; i < 4096; i++) {
            lane.passedKeys.pass(many.write(1, "topic", "key-" + i).get(0), 0);
        }
        OutboxRow another = many.write(1, "topic", "another").get(0);
        OutboxRow unordered = many.write(1, "topic", null).get(0);
        OutboxRow other = many.write(1, "other", "key-1").get(0);
        assertThat(lane.passedKeys.contains(another)).isFalse();

        lane.passedKeys.pass(many.write(1, "topic", "key-7").get(0), 0);
        assertThat(lane.passedKeys.contains(another)).isFalse();
        lane.passedKeys.pass(many.write(1, "topic", "one-more").get(0), 0);

        assertThat(lane.passedKeys.contains(another)).isTrue();
        assertThat(lane.passedKeys.contains(unordered)).isFalse();
        assertThat(lane.passedKeys.contains(other)).isFalse();
        lane.passedKeys.clear();
        assertThat(lane.passedKeys.contains(another)).isFalse();
    }

    private void pass(long now) {
        lane.miss(1);
        lane.passedKeys.pass(row(), now);
    }

    private static OutboxRow row() {
        return new MemoryOutbox(1).write(1, "topic", "key").get(0);
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
