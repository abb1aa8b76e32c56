package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.Listener;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.checker.FaultTimes.Interval;
import io.reliablemq.reliability.checker.Violation.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How long messages wait for their effect while no fault is on. Counted is all the time of a message's way in which nothing was
 * broken: one that is released by a later fault, or between two of them, has waited all the same. For each time that something was
 * broken again in between a little is taken off, three times at most, and less than the longest time in one piece is never left.
 */
final class Waiting {

    private static final int MOST_AGAIN = 3;

    private final History history;
    private final FaultTimes faults;
    private final Findings findings;
    private final long boundMs;
    private final long againMs;
    private long longestMs;

    Waiting(History history, FaultTimes faults, Findings findings, long boundMs, long againMs) {
        this.history = history;
        this.faults = faults;
        this.findings = findings;
        this.boundMs = boundMs;
        this.againMs = againMs;
    }

    void check(Listener listener) {
        Set<String> seen = new HashSet<>();
        for (Effect effect : history.effectsOf(listener)) {
            Row row = history.rows().get(effect.message().id());
            if (row != null && seen.add(row.id())) {
                check(row, effect);
            }
        }
    }

    long longestMs() {
        return longestMs;
    }

    private void check(Row row, Effect effect) {
        long waited = waited(faults.quietStretches(row.at(), effect.at()));
        longestMs = Math.max(longestMs, waited);
        if (waited > boundMs) {
            String detail = "%s applied it after %d ms without a fault, more than %d ms"
                    .formatted(effect.listener(), waited, boundMs);
            findings.add(new Violation(
                    Kind.LATE,
                    row.id(),
                    row.key(),
                    row.seq(),
                    effect.at(),
                    detail,
                    faults.between(row.at(), effect.at())));
        }
    }

    private long waited(List<Interval> quiet) {
        long sum = 0;
        long longest = 0;
        for (Interval stretch : quiet) {
            sum += stretch.length();
            longest = Math.max(longest, stretch.length());
        }
        return Math.max(longest, sum - againMs * Math.min(MOST_AGAIN, Math.max(0, quiet.size() - 1)));
    }
}
