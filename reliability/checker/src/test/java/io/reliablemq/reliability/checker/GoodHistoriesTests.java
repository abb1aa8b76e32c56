package io.reliablemq.reliability.checker;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.reliability.checker.Event.Result;
import org.junit.jupiter.api.Test;

/** What looks like a violation and is none. */
class GoodHistoriesTests {

    private final HandWritten history = new HandWritten().delivered("a1", 1_000);

    @Test
    void allIsWell() {
        Verdict verdict = history.delivered("a2", 2_000).delivered("b1", 2_000).verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.summary(3))
                .isEqualTo(
                        "seed=3 faults=0 committed=3 effects=6 lost=0 duplicates=0 phantoms=0 inversions=0 max_lag_after_heal_s=1");
    }

    @Test
    void aRollBackOwesNothing() {
        Verdict verdict = history.invoke("a2", 2_000)
                .outcome("a2", 2_001, Result.FAIL)
                .delivered("a3", 3_000)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.rolledBack()).isEqualTo(1);
    }

    @Test
    void anUnknownOutcomeMayBeACommit() {
        Verdict verdict = history.invoke("a2", 2_000)
                .row("a2", 2_000)
                .outcome("a2", 2_005, Result.UNKNOWN)
                .effects("a2", 2_010)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.unknown()).isEqualTo(1);
        assertThat(verdict.committed()).isEqualTo(2);
    }

    @Test
    void anUnknownOutcomeMayBeARollBack() {
        Verdict verdict = history.fault(1, 1_500, 1_600)
                .invoke("a2", 2_000)
                .outcome("a2", 2_005, Result.UNKNOWN)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.rolledBack()).isEqualTo(1);
    }

    @Test
    void aProcessMayDieBeforeItKnowsTheOutcome() {
        Verdict verdict = history.invoke("a2", 2_000)
                .invoke("a3", 3_000)
                .row("a3", 3_000)
                .effects("a3", 3_010)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.unknown()).isEqualTo(2);
    }

    @Test
    void anEffectMayComeBeforeTheCallerKnowsThatItHasCommitted() {
        Verdict verdict = history.invoke("a2", 2_000)
                .row("a2", 2_000)
                .effects("a2", 2_005)
                .outcome("a2", 2_900, Result.OK)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
    }

    @Test
    void keysHaveNoOrderAmongEachOther() {
        Verdict verdict = history.committed("a2", 2_000)
                .committed("b1", 2_001)
                .effects("b1", 2_010)
                .effects("a2", 2_020)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
    }

    @Test
    void anUnorderedListenerHasNoOrder() {
        Verdict verdict = history.committed("a2", 2_000)
                .committed("a3", 3_000)
                .effect("ordered", "a2", 3_010)
                .effect("ordered", "a3", 3_011)
                .effect("any", "a3", 3_012)
                .effect("any", "a2", 3_013)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
    }

    @Test
    void aGapInTheNumbersOfAKeyIsNoInversion() {
        assertThat(history.delivered("a5", 2_000).verdict().violations()).isEmpty();
    }

    @Test
    void aPhantomIsNoInversionAsWell() {
        Verdict verdict = history.invoke("a9", 1_500)
                .effect("ordered", "a9", 1_600)
                .delivered("a2", 2_000)
                .verdict();

        assertThat(verdict.violations()).hasSize(1);
        assertThat(verdict.summary(1)).contains("phantoms=1", "inversions=0");
    }

    @Test
    void aDuplicateIsNoInversionAsWell() {
        Verdict verdict =
                history.delivered("a2", 2_000).effect("ordered", "a1", 3_000).verdict();

        assertThat(verdict.summary(1)).contains("duplicates=1", "inversions=0");
    }

    @Test
    void aMessageMayWaitForAsLongAsFaultsAreOn() {
        Verdict verdict = history.committed("a2", 2_000)
                .fault(1, 2_500, 30_000)
                .fault(2, 29_000, 55_000)
                .fault(3, 60_000, 61_000)
                .effects("a2", 62_000)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.longestQuietWaitMs()).isEqualTo(5_000);
    }

    @Test
    void whoeverIsHitByManyFaultsBeginsAgainAfterEach() {
        Verdict verdict =
                history.committed("a2", 2_000).faults(4).effects("a2", 23_000).verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.longestQuietWaitMs()).isEqualTo(3_000 + 3 * 2_500 + 500 - 3 * 1_000);
    }

    @Test
    void aFaultThatIsNeverHealedExcusesAllThatComesAfterIt() {
        Verdict verdict = history.committed("a2", 2_000)
                .unhealedFault(1, 2_001)
                .effects("a2", 90_000)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
    }

    @Test
    void aFaultInsideAnotherOneEndsNothing() {
        Verdict verdict = history.committed("a2", 2_000)
                .fault(1, 2_001, 40_000)
                .fault(2, 3_000, 4_000)
                .effects("a2", 41_000)
                .verdict();

        assertThat(verdict.longestQuietWaitMs()).isEqualTo(1_000);
    }

    @Test
    void onlyAFaultThatStruckWithAMessageInFlightCounts() {
        Verdict verdict = history.fault(1, 500, 600)
                .fault(2, 1_005, 1_006)
                .fault(3, 5_000, 5_001)
                .verdict();

        assertThat(verdict.struck()).isEqualTo(1);
        assertThat(verdict.faults()).containsEntry("kill", 1);
        assertThat(verdict.faultsInVain()).containsEntry("kill", 2);
    }

    @Test
    void aFaultThatNobodyHasNoticedDoesNotCountAndExcusesAllTheSame() {
        Verdict verdict = history.committed("a2", 2_000)
                .fault(1, 2_001, 30_000)
                .inVain(1, 29_999)
                .effects("a2", 31_000)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.struck()).isZero();
        assertThat(verdict.faultsInVain()).containsEntry("kill", 1);
    }

    @Test
    void aMessageThatIsLostIsNotInFlight() {
        Verdict verdict = history.committed("a2", 2_000).fault(1, 2_500, 2_600).verdict();

        assertThat(verdict.struck()).isZero();
    }

    @Test
    void anythingMayFailDuringAFaultAndAWhileAfterIt() {
        Verdict verdict = history.fault(1, 3_000, 20_000)
                .invoke("a2", 19_000)
                .outcome("a2", 20_500, Result.UNKNOWN)
                .invoke("a3", 29_999)
                .outcome("a3", 31_000, Result.UNKNOWN)
                .delivered("a4", 34_000)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
    }

    @Test
    void aListenerThatIsWatchedHasAppliedSomethingMeanwhile() {
        Verdict verdict = history.watch("consumer-1", "ordered", 500, 1_500, true)
                .watch("consumer-1", "any", 1_010, 1_010, true)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
    }

    @Test
    void aProcessNeedNotEndInTimeWhileWhatItNeedsIsBroken() {
        Verdict verdict = history.faultOf("database network", 1, 31_000, 40_000)
                .lateStop("producer-1.2", 2_000, 32_000)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
    }

    @Test
    void aProcessNeedNotStartWhileWhatItNeedsIsBroken() {
        Verdict verdict = history.faultOf("producer-1", 1, 2_000, 9_000)
                .fault(2, 1_000, 3_000)
                .failedStart("producer-1.2", 3_000, 6_000)
                .faultOf("database network", 3, 7_000, 8_000)
                .failedStart("producer-1.3", 6_001, 7_000)
                .verdict();

        assertThat(verdict.violations()).isEmpty();
    }
}
