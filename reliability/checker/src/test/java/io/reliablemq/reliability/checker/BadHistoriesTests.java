package io.reliablemq.reliability.checker;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.reliability.checker.Event.Result;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.checker.Violation.Kind;
import org.junit.jupiter.api.Test;

/** One history for each thing that must not happen. */
class BadHistoriesTests {

    private final HandWritten history = new HandWritten().delivered("a1", 1_000);

    @Test
    void findsALostEffect() {
        Verdict verdict =
                history.committed("a2", 2_000).effect("any", "a2", 2_010).verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.LOST);
        assertThat(only(verdict).text()).contains("a2", "key=a", "seq=2", "no effect in ordered");
        assertThat(verdict.missing()).isEqualTo(1);
        assertThat(verdict.summary(7)).contains("seed=7", "lost=1", "committed=2", "effects=3");
    }

    @Test
    void findsAMessageThatIsLostInAllListeners() {
        Verdict verdict = history.committed("a2", 2_000).verdict();

        assertThat(verdict.count(Kind.LOST)).isEqualTo(2);
        assertThat(verdict.missing()).isEqualTo(2);
    }

    @Test
    void findsALostEffectOfATransactionWhoseOutcomeNobodyKnowsAndWhoseRowIsThere() {
        Verdict verdict = history.invoke("a2", 2_000)
                .row("a2", 2_000)
                .outcome("a2", 2_005, Result.UNKNOWN)
                .verdict();

        assertThat(verdict.count(Kind.LOST)).isEqualTo(2);
    }

    @Test
    void findsALostEffectOfATransactionWhoseProcessDiedBeforeItKnewTheOutcome() {
        assertThat(history.invoke("a2", 2_000).row("a2", 2_000).verdict().count(Kind.LOST))
                .isEqualTo(2);
    }

    @Test
    void findsADuplicate() {
        Verdict verdict = history.effect("any", "a1", 3_000).verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.DUPLICATED);
        assertThat(only(verdict).id()).isEqualTo("a1");
        assertThat(only(verdict).at()).isEqualTo(3_000);
        assertThat(verdict.summary(1)).contains("duplicates=1");
    }

    @Test
    void countsATriplicateTwice() {
        Verdict verdict =
                history.effect("any", "a1", 3_000).effect("any", "a1", 3_001).verdict();

        assertThat(verdict.count(Kind.DUPLICATED)).isEqualTo(2);
    }

    @Test
    void findsAPhantomOfARollBack() {
        Verdict verdict = history.invoke("a2", 2_000)
                .outcome("a2", 2_001, Result.FAIL)
                .effect("any", "a2", 2_010)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.PHANTOM);
        assertThat(verdict.summary(1)).contains("phantoms=1");
    }

    @Test
    void findsAPhantomOfATransactionWhoseOutcomeNobodyKnowsAndWhoseRowIsNotThere() {
        Verdict verdict = history.invoke("a2", 2_000)
                .outcome("a2", 2_001, Result.UNKNOWN)
                .fault(1, 1_900, 2_100)
                .effect("any", "a2", 2_010)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.PHANTOM);
    }

    @Test
    void findsAnEffectOfWhatNobodySent() {
        Verdict verdict = history.effect("any", "z9", 2_000).verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.PHANTOM);
        assertThat(only(verdict).detail()).contains("nobody ever sent");
    }

    @Test
    void findsAnInversionInOneKey() {
        Verdict verdict = history.committed("a2", 2_000)
                .committed("a3", 3_000)
                .effect("any", "a2", 3_010)
                .effect("any", "a3", 3_010)
                .effect("ordered", "a3", 3_020)
                .effect("ordered", "a2", 3_030)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.INVERTED);
        assertThat(only(verdict).id()).isEqualTo("a2");
        assertThat(only(verdict).detail()).contains("after seq=3");
        assertThat(verdict.summary(1)).contains("inversions=1");
    }

    @Test
    void findsOneInversionOnlyWhereOneMessageIsLate() {
        for (String id : new String[] {"a2", "a3", "a4", "a5"}) {
            history.committed(id, 2_000).effect("any", id, 2_010);
        }
        Verdict verdict = history.effect("ordered", "a3", 2_020)
                .effect("ordered", "a4", 2_021)
                .effect("ordered", "a2", 2_022)
                .effect("ordered", "a5", 2_023)
                .verdict();

        assertThat(only(verdict).id()).isEqualTo("a2");
    }

    @Test
    void findsWhatIsStillInTheOutboxAndHasNoEffect() {
        Verdict verdict = history.committed("a2", 2_000).left("a2", "outbox").verdict();

        assertThat(verdict.violations()).hasSize(2).allMatch(violation -> violation.kind() == Kind.STUCK);
        assertThat(verdict.summary(1)).contains("lost=2");
    }

    @Test
    void findsWhatIsStillInTheOutboxThoughItHasItsEffects() {
        Verdict verdict = history.left("a1", "outbox").verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.STUCK);
        assertThat(verdict.missing()).isZero();
    }

    @Test
    void findsADeadLetterOfWhatWasNeverCommitted() {
        Verdict verdict = history.left("a2", "dead letters").verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.STUCK);
        assertThat(only(verdict).detail()).contains("dead letters", "never committed");
    }

    @Test
    void findsAnEffectBeforeTheCommit() {
        Verdict verdict = history.committed("a2", 2_000)
                .effect("ordered", "a2", 2_010)
                .effect("any", HandWritten.rowOf("a2", 2_000), 2_000, false)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.BEFORE_COMMIT);
    }

    @Test
    void findsAnEffectWithOtherContent() {
        Verdict verdict = history.committed("a2", 2_000)
                .effect("ordered", "a2", 2_010)
                .effect("any", new Row(2_000, "a2", "a", 7, "content of a2"), 2_010, true)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.ALTERED);
        assertThat(only(verdict).detail()).contains("seq=7", "seq=2");
    }

    @Test
    void findsAnEffectOfTheSameMessageWithAnotherPayload() {
        Verdict verdict = history.committed("a2", 2_000)
                .effect("ordered", "a2", 2_010)
                .effect("any", new Row(2_000, "a2", "a", 2, "content of a1"), 2_010, true)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.ALTERED);
        assertThat(only(verdict).detail()).contains("content of a1", "content of a2");
    }

    @Test
    void findsATransactionThatFailsWithoutAnyFault() {
        Verdict verdict = history.fault(1, 3_000, 4_000)
                .invoke("a2", 14_002)
                .outcome("a2", 14_005, Result.UNKNOWN)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.FAILED);
        assertThat(only(verdict).text()).contains("a2", "key=a", "failed", "no fault was on");
    }

    @Test
    void findsThatNothingIsCommittedUnderLoadWithoutAnyFault() {
        Verdict verdict = history.fault(1, 3_000, 4_000)
                .delivered("a2", 14_500)
                .delivered("a3", 21_600)
                .delivered("a4", 22_000)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.FAILED);
        assertThat(only(verdict).text()).contains("no transaction was committed for 7100 ms");
    }

    @Test
    void findsThatNothingIsCommittedAnyMore() {
        Verdict verdict = history.delivered("a2", 12_000).invoke("a3", 19_100).verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.FAILED);
    }

    @Test
    void findsAListenerThatIsDeadInOneProcessThoughTheOtherHasItsMessages() {
        Verdict verdict = history.delivered("a2", 2_000)
                .watch("consumer-1", "any", 1_500, 60_000, true)
                .watch("consumer-2", "any", 1_500, 60_000, true)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.IDLE);
        assertThat(only(verdict).text()).contains("consumer-2", "listener any has done nothing for 58500 ms");
    }

    @Test
    void findsAListenerThatHasDoneNothingSinceTheFaultsWereOver() {
        Verdict verdict =
                history.watch("consumer-1", "ordered", 1_500, 60_000, true).verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.IDLE);
    }

    @Test
    void findsAListenerThatDoesNotSayThatItRuns() {
        Verdict verdict =
                history.watch("consumer-1", "ordered", 500, 60_000, false).verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.IDLE);
        assertThat(only(verdict).detail()).contains("ordered", "did not say within 59500 ms that it runs");
    }

    @Test
    void findsAProcessThatDoesNotEndWhenItIsAskedTo() {
        Verdict verdict = history.faultOf("producer-1", 1, 2_000, 40_000)
                .fault(2, 500, 1_999)
                .lateStop("producer-1.2", 2_000, 32_000)
                .fault(3, 32_001, 33_000)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.NOT_ENDED);
        assertThat(only(verdict).text()).contains("producer-1.2", "30 s", "during [kill of producer-1 (no. 1)]");
    }

    @Test
    void findsAProcessThatDoesNotStart() {
        Verdict verdict = history.faultOf("producer-1", 1, 2_000, 9_000)
                .failedStart("producer-1.2", 3_000, 6_000)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.NOT_STARTED);
        assertThat(only(verdict).text()).contains("producer-1.2", "no port", "during [kill of producer-1 (no. 1)]");
    }

    @Test
    void findsAMessageThatWaitsBetweenManyFaults() {
        Verdict verdict =
                history.committed("a2", 2_000).faults(6).effects("a2", 33_500).verdict();

        assertThat(verdict.violations()).hasSize(2).allMatch(violation -> violation.kind() == Kind.LATE);
        assertThat(verdict.longestQuietWaitMs()).isEqualTo(3_000 + 5 * 2_500 + 1_000 - 3 * 1_000);
    }

    @Test
    void findsAMessageThatWaitsForTooLongAfterTheFaultWasHealed() {
        Verdict verdict = history.committed("a2", 2_000)
                .fault(1, 2_001, 20_000)
                .effects("a2", 30_500)
                .verdict();

        assertThat(verdict.violations()).hasSize(2).allMatch(violation -> violation.kind() == Kind.LATE);
        assertThat(verdict.longestQuietWaitMs()).isEqualTo(10_500);
        assertThat(verdict.summary(1)).endsWith("max_lag_after_heal_s=11");
    }

    @Test
    void findsAMessageThatWaitsForTooLongWithoutAnyFault() {
        Verdict verdict = history.committed("a2", 2_000).effects("a2", 12_001).verdict();

        assertThat(verdict.violations()).hasSize(2).allMatch(violation -> violation.kind() == Kind.LATE);
    }

    @Test
    void findsAReportedCommitThatTheDatabaseDoesNotHave() {
        Verdict verdict =
                history.invoke("a2", 2_000).outcome("a2", 2_001, Result.OK).verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.UNTRUE);
    }

    @Test
    void findsARollBackThatTheDatabaseHasCommitted() {
        Verdict verdict = history.invoke("a2", 2_000)
                .row("a2", 2_000)
                .outcome("a2", 2_001, Result.FAIL)
                .effects("a2", 2_010)
                .verdict();

        assertThat(only(verdict).kind()).isEqualTo(Kind.UNTRUE);
    }

    @Test
    void findsARowThatNobodyReportedToHaveBegun() {
        assertThat(only(history.row("a2", 2_000).effects("a2", 2_010).verdict()).kind())
                .isEqualTo(Kind.UNTRUE);
    }

    @Test
    void namesTheFaultsThatWereOn() {
        Verdict verdict = history.fault(1, 500, 900)
                .fault(2, 1_500, 1_900)
                .fault(3, 5_000, 6_000)
                .effect("any", "a1", 3_000)
                .verdict();

        assertThat(only(verdict).faults()).containsExactly("kill of broker (no. 2)");
        assertThat(only(verdict).text()).contains("DUPLICATED a1", "during [kill of broker (no. 2)]");
    }

    private static Violation only(Verdict verdict) {
        assertThat(verdict.violations()).hasSize(1);
        assertThat(verdict.isClean()).isFalse();
        return verdict.violations().get(0);
    }
}
