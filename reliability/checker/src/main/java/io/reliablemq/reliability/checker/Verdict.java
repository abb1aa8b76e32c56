package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Violation.Kind;
import java.util.List;
import java.util.Map;

/**
 * The judgement of a run.
 *
 * @param committed transactions whose business row is there
 * @param rolledBack transactions that were begun and whose business row is not there
 * @param unknown transactions without a known outcome, which the ground truth has decided
 * @param effects of all listeners
 * @param missing effects that are owed and not there, lost or stuck
 * @param faults by name: those that struck while a message was in flight
 * @param faultsInVain by name: those that struck while none was, or that nobody has noticed, which count for nothing
 * @param longestQuietWaitMs the longest time that a message waited for its effect while no fault was on
 */
public record Verdict(
        List<Violation> violations,
        int committed,
        int rolledBack,
        int unknown,
        int effects,
        int missing,
        Map<String, Integer> faults,
        Map<String, Integer> faultsInVain,
        long longestQuietWaitMs) {

    /** Whether every promise was kept. */
    public boolean isClean() {
        return violations.isEmpty();
    }

    public long count(Kind kind) {
        return violations.stream().filter(violation -> violation.kind() == kind).count();
    }

    /** The number of faults that count. */
    public int struck() {
        return faults.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The last line of a report. */
    public String summary(long seed) {
        return "seed=%d faults=%d committed=%d effects=%d lost=%d duplicates=%d phantoms=%d inversions=%d max_lag_after_heal_s=%d"
                .formatted(
                        seed,
                        struck(),
                        committed,
                        effects,
                        missing,
                        count(Kind.DUPLICATED),
                        count(Kind.PHANTOM),
                        count(Kind.INVERTED),
                        (longestQuietWaitMs + 999) / 1000);
    }
}
