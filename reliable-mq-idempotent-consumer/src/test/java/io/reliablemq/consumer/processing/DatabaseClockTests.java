package io.reliablemq.consumer.processing;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which time messages are measured with, and how often the database is asked for it. */
class DatabaseClockTests {

    private static final long START = 1_000_000_000;
    private static final Duration WINDOW = Duration.ofDays(7);
    private static final Duration SKEW = Duration.ofMinutes(5);

    private long databaseMs = START;
    private long monotonicMs = 5_000;
    private long wallMs = 77_000;
    private int asked;

    private final DatabaseClock clock = new DatabaseClock(this::database, () -> monotonicMs * 1_000_000, () -> wallMs);
    private final AgeGuard guard = new AgeGuard(clock, SKEW);

    private long database() {
        asked++;
        return databaseMs;
    }

    private void pass(long ms) {
        monotonicMs += ms;
        wallMs += ms;
    }

    @Test
    void isCarriedOnByTheMonotonicClock() {
        assertThat(clock.now()).isEqualTo(START);
        pass(DatabaseClock.MAX_AGE_MS);
        assertThat(clock.now()).isEqualTo(START + DatabaseClock.MAX_AGE_MS);
        assertThat(asked).isOne();
    }

    @Test
    void isReadAgainWhenItIsOld() {
        clock.now();
        pass(DatabaseClock.MAX_AGE_MS + 1);
        databaseMs = START + 29_000;
        assertThat(clock.now()).isEqualTo(START + 29_000);
        pass(1);
        assertThat(clock.now()).isEqualTo(START + 29_001);
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void isReadAgainWhenTheMachineSleptOrItsClockWasSet() {
        clock.now();
        wallMs += DatabaseClock.MAX_STEP_MS;
        clock.now();
        assertThat(asked).isOne();

        wallMs += 1;
        clock.now();
        assertThat(asked).isEqualTo(2);

        wallMs -= DatabaseClock.MAX_STEP_MS + 1;
        clock.now();
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void theDatabaseIsAskedBeforeAMessageIsTooOld() {
        clock.now();
        databaseMs = START - 1;
        ReceivedMessage old = Messages.createdAt("m1", START - WINDOW.toMillis() - 1);

        assertThat(guard.check(old, WINDOW)).isNull();
        databaseMs = START;
        assertThat(guard.check(old, WINDOW)).isNull();
        pass(1);
        assertThat(guard.check(old, WINDOW)).isEqualTo(DeadLetterReason.TOO_OLD);
    }

    @Test
    void theDatabaseIsAskedBeforeAMessageIsInTheFuture() {
        clock.now();
        databaseMs = START + 1;
        ReceivedMessage early = Messages.createdAt("m1", START + SKEW.toMillis() + 1);

        assertThat(guard.check(early, WINDOW)).isNull();
        databaseMs = START;
        assertThat(guard.check(Messages.createdAt("m2", START + SKEW.toMillis() + 2), WINDOW))
                .isEqualTo(DeadLetterReason.IN_FUTURE);
    }

    @Test
    void exactlyAsOldAsTheWindowIsYoungEnough() {
        assertThat(guard.check(Messages.createdAt("m1", START - WINDOW.toMillis()), WINDOW))
                .isNull();
        assertThat(guard.check(Messages.createdAt("m1", START + SKEW.toMillis()), WINDOW))
                .isNull();
        assertThat(asked).isOne();
    }
}
