package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.InVain;
import io.reliablemq.reliability.checker.Event.Left;
import io.reliablemq.reliability.checker.Event.Listener;
import io.reliablemq.reliability.checker.Event.Result;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.checker.Violation.Kind;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Judges a history: pure, no clock, no files, no randomness. The same history has the same verdict.
 *
 * <p>The ground truth is the business row that a transaction writes together with its message. What a caller believes decides
 * nothing: a transaction whose outcome is unknown is committed if its row is there, and rolled back if it is not.
 */
public final class Checker {

    private final long boundMs;
    private final long againMs;

    /**
     * @param bound how long a message may wait for its effect while no fault is on
     * @param again what is not counted of that for each time without a fault but the first, three times at most: whoever was hit begins again,
     *     with a lease for example
     */
    public Checker(Duration bound, Duration again) {
        this.boundMs = bound.toMillis();
        this.againMs = again.toMillis();
    }

    public Verdict check(History history) {
        FaultTimes faults = new FaultTimes(history);
        Findings findings = new Findings();
        new Outcomes(history, faults, findings).check();
        new Failures(history, faults, findings).check();
        new Processes(history, faults, findings).check();
        Deliveries deliveries = new Deliveries(history, faults, findings);
        OrderPerKey order = new OrderPerKey(history, faults, findings);
        Waiting waiting = new Waiting(history, faults, findings, boundMs, againMs);
        for (Listener listener : history.listeners()) {
            deliveries.check(listener);
            waiting.check(listener);
            if (listener.ordered()) {
                order.check(listener);
            }
        }
        leftOver(history, faults, findings);
        return verdict(history, faults, findings, waiting.longestMs());
    }

    /** What has all its effects and is in a table all the same; what has not is told by its missing effect. */
    private static void leftOver(History history, FaultTimes faults, Findings findings) {
        Set<String> told = new HashSet<>();
        findings.violations().stream()
                .filter(violation -> violation.kind() == Kind.STUCK)
                .forEach(violation -> told.add(violation.id()));
        for (Left left : history.left()) {
            if (told.add(left.id())) {
                Row row = history.rows().get(left.id());
                findings.add(new Violation(
                        Kind.STUCK,
                        left.id(),
                        row == null ? "?" : row.key(),
                        row == null ? -1 : row.seq(),
                        left.at(),
                        "it is still in " + left.where() + (row == null ? ", and was never committed" : ""),
                        faults.between(row == null ? left.at() : row.at(), left.at())));
            }
        }
    }

    private static Verdict verdict(History history, FaultTimes faults, Findings findings, long longestMs) {
        Map<String, Integer> struck = new TreeMap<>();
        Map<String, Integer> inVain = new TreeMap<>();
        StrikesInFlight strikes = new StrikesInFlight(history);
        Set<Integer> unnoticed = history.of(InVain.class).map(InVain::number).collect(Collectors.toSet());
        for (FaultTimes.Span span : faults.spans()) {
            boolean counts =
                    strikes.count(span) > 0 && !unnoticed.contains(span.fault().number());
            (counts ? struck : inVain).merge(span.fault().name(), 1, Integer::sum);
        }
        List<String> begun = List.copyOf(history.invokes().keySet());
        return new Verdict(
                findings.violations(),
                history.rows().size(),
                (int) begun.stream()
                        .filter(id -> !history.rows().containsKey(id))
                        .count(),
                (int) begun.stream().filter(id -> isUnknown(history, id)).count(),
                (int) history.of(Effect.class).count(),
                findings.countMissing(),
                struck,
                inVain,
                longestMs);
    }

    private static boolean isUnknown(History history, String id) {
        Event.Outcome outcome = history.outcomes().get(id);
        return outcome == null || outcome.result() == Result.UNKNOWN;
    }
}
