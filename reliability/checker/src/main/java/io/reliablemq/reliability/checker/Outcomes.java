package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Invoke;
import io.reliablemq.reliability.checker.Event.Outcome;
import io.reliablemq.reliability.checker.Event.Result;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.checker.Violation.Kind;

/** Do the reported outcomes agree with the business rows? An unknown one agrees with either. */
final class Outcomes {

    private final History history;
    private final FaultTimes faults;
    private final Findings findings;

    Outcomes(History history, FaultTimes faults, Findings findings) {
        this.history = history;
        this.faults = faults;
        this.findings = findings;
    }

    void check() {
        for (Outcome outcome : history.outcomes().values()) {
            boolean committed = history.rows().containsKey(outcome.id());
            if (outcome.result() == Result.OK && !committed) {
                untrue(outcome.id(), outcome.at(), "the commit was reported, and the business row is not there");
            } else if (outcome.result() == Result.FAIL && committed) {
                untrue(outcome.id(), outcome.at(), "it was rolled back on purpose, and the business row is there");
            }
        }
        for (Row row : history.rows().values()) {
            if (isReported() && !history.invokes().containsKey(row.id())) {
                untrue(row.id(), row.at(), "the business row is there, and nobody reported to have begun");
            }
        }
    }

    /** A history may be of tables alone. */
    private boolean isReported() {
        return !history.invokes().isEmpty() || !history.outcomes().isEmpty();
    }

    private void untrue(String id, long at, String detail) {
        Row row = history.rows().get(id);
        Invoke invoke = history.invokes().get(id);
        String key = row != null ? row.key() : invoke != null ? invoke.key() : "?";
        long since = invoke == null ? at : Math.min(invoke.at(), at);
        findings.add(new Violation(
                Kind.UNTRUE, id, key, row == null ? -1 : row.seq(), at, detail, faults.between(since, at)));
    }
}
