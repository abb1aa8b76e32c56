package io.reliablemq.consumer.processing;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.InboxStore.Horizon;
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
    private final AgeGuard guard = new AgeGuard(group -> clock, SKEW);
    private long forgetsBefore;
    private long askingTakesMs;

    private Horizon database() {
        asked++;
        Horizon horizon = new Horizon(databaseMs, forgetsBefore);
        pass(askingTakesMs);
        return horizon;
    }

    private DeadLetterReason reason(ReceivedMessage message) {
        return guard.check(message, "group", WINDOW).reason();
    }

    private void pass(long ms) {
        monotonicMs += ms;
        wallMs += ms;
    }

    @Test
    void isCarriedOnByTheMonotonicClock() {
        assertThat(clock.now().nowMs()).isEqualTo(START);
        pass(DatabaseClock.MAX_AGE_MS);
        assertThat(clock.now().nowMs()).isEqualTo(START + DatabaseClock.MAX_AGE_MS);
        assertThat(asked).isOne();
    }

    @Test
    void isReadAgainWhenItIsOld() {
        clock.now();
        pass(DatabaseClock.MAX_AGE_MS + 1);
        databaseMs = START + 29_000;
        assertThat(clock.now().nowMs()).isEqualTo(START + 29_000);
        pass(1);
        assertThat(clock.now().nowMs()).isEqualTo(START + 29_001);
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

        assertThat(reason(old)).isNull();
        databaseMs = START;
        assertThat(reason(old)).isNull();
        pass(1);
        assertThat(reason(old)).isEqualTo(DeadLetterReason.TOO_OLD);
    }

    @Test
    void theDatabaseIsAskedBeforeAMessageIsInTheFuture() {
        clock.now();
        databaseMs = START + 1;
        ReceivedMessage early = Messages.createdAt("m1", START + SKEW.toMillis() + 1);

        assertThat(reason(early)).isNull();
        databaseMs = START;
        assertThat(reason(Messages.createdAt("m2", START + SKEW.toMillis() + 2)))
                .isEqualTo(DeadLetterReason.IN_FUTURE);
    }

    @Test
    void exactlyAsOldAsTheWindowIsYoungEnough() {
        assertThat(reason(Messages.createdAt("m1", START - WINDOW.toMillis()))).isNull();
        assertThat(reason(Messages.createdAt("m1", START + SKEW.toMillis()))).isNull();
        assertThat(asked).isOne();
    }

    @Test
    void whatMayBeForgottenIsTooOldWithinTheWindow() {
        long stamp = START - WINDOW.toMillis() / 2;
        forgetsBefore = stamp - SKEW.toMillis() + 1;
        AgeGuard.Verdict verdict = guard.check(Messages.createdAt("m1", stamp), "group", WINDOW);

        assertThat(verdict.reason()).isEqualTo(DeadLetterReason.TOO_OLD);
        assertThat(verdict.problem()).contains("the window was shorter lately");
        assertThat(reason(Messages.createdAt("m1", stamp + 1))).isNull();
    }

    @Test
    void whatIsForgottenIsHeardOfWithinTheNotice() {
        DatabaseClock.Moment moment = clock.now();
        forgetsBefore = START;
        pass(DatabaseClock.MAX_AGE_MS);
        assertThat(clock.now().forgetsBefore()).isZero();
        pass(1);
        assertThat(clock.now().forgetsBefore()).isEqualTo(START);

        assertThat(moment.stillHolds()).isTrue();
        pass(InboxStore.NOTICE.toMillis() * 3 / 4 - DatabaseClock.MAX_AGE_MS - 1);
        assertThat(moment.stillHolds()).isFalse();
    }

    @Test
    void aMomentDoesNotHoldWhenTheMachineHasSlept() {
        DatabaseClock.Moment moment = clock.now();
        wallMs += InboxStore.NOTICE.toMillis();
        assertThat(moment.stillHolds()).isFalse();
    }

    @Test
    void anAnswerThatTookLongIsAsOldAsItsQuestion() {
        askingTakesMs = InboxStore.NOTICE.toMillis();
        assertThat(clock.now().stillHolds()).isFalse();
        askingTakesMs = 0;
        assertThat(clock.now().stillHolds()).isTrue();
        assertThat(asked).isEqualTo(2);
    }
}
