package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Invoke;
import io.reliablemq.reliability.checker.Event.Outcome;
import io.reliablemq.reliability.checker.Event.Result;
import io.reliablemq.reliability.checker.FaultTimes.Interval;
import io.reliablemq.reliability.checker.Violation.Kind;
import java.util.List;

/**
 * Are callers served while nothing is broken? Else an outbox that refuses everything would keep all other promises. A transaction whose
 * outcome is unknown and whose row is not there has failed; one without any outcome went with its process.
 */
final class Failures {

    /** What a fault leaves behind, such as broken connections in a pool, may show for that long after it was healed. */
    private static final long AFTERMATH_MS = 10_000;

    /** Under load. */
    private static final long LONGEST_STANDSTILL_MS = 7_000;

    private final History history;
    private final FaultTimes faults;
    private final Findings findings;

    Failures(History history, FaultTimes faults, Findings findings) {
        this.history = history;
        this.faults = faults;
        this.findings = findings;
    }

    void check() {
        history.outcomes().values().stream()
                .filter(outcome -> outcome.result() == Result.UNKNOWN)
                .filter(outcome -> !history.rows().containsKey(outcome.id()))
                .forEach(this::failed);
        standstills();
    }

    private void failed(Outcome outcome) {
        Invoke invoke = history.invokes().get(outcome.id());
        long began = invoke == null ? outcome.at() : invoke.at();
        if (faults.between(began - AFTERMATH_MS, outcome.at()).isEmpty()) {
            report(outcome.id(), invoke == null ? "?" : invoke.key(), outcome.at(), "its transaction failed");
        }
    }

    /** From the first commit until the load ends. */
    private void standstills() {
        List<Long> commits = history.outcomes().values().stream()
                .filter(outcome -> outcome.result() == Result.OK)
                .map(Outcome::at)
                .sorted()
                .toList();
        long end =
                history.invokes().values().stream().mapToLong(Invoke::at).max().orElse(0);
        if (commits.isEmpty()) {
            return;
        }
        for (Interval quiet : faults.quietStretches(commits.get(0), end)) {
            long since = quiet.from() + AFTERMATH_MS;
            for (long commit : commits) {
                if (commit > since && commit < quiet.to()) {
                    standstill(since, commit);
                    since = commit;
                }
            }
            standstill(since, quiet.to());
        }
    }

    private void standstill(long from, long to) {
        if (to - from > LONGEST_STANDSTILL_MS) {
            report("-", "-", to, "no transaction was committed for " + (to - from) + " ms under load");
        }
    }

    private void report(String id, String key, long at, String detail) {
        findings.add(new Violation(Kind.FAILED, id, key, -1, at, detail, List.of()));
    }
}
