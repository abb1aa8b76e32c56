package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.Listener;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.checker.Violation.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * One ordered listener: the first effects of a key's messages ascend. What came again is a duplicate and what was never committed a
 * phantom; neither says anything about the order.
 */
final class OrderPerKey {

    private final History history;
    private final FaultTimes faults;
    private final Findings findings;

    OrderPerKey(History history, FaultTimes faults, Findings findings) {
        this.history = history;
        this.faults = faults;
        this.findings = findings;
    }

    void check(Listener listener) {
        Map<String, Row> latest = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (Effect effect : history.effectsOf(listener)) {
            Row row = history.rows().get(effect.message().id());
            if (row == null || !seen.add(row.id())) {
                continue;
            }
            Row before = latest.get(row.key());
            if (before != null && before.seq() > row.seq()) {
                String detail = "%s applied it in %s after seq=%d of its key"
                        .formatted(listener.name(), effect.worker(), before.seq());
                findings.add(new Violation(
                        Kind.INVERTED,
                        row.id(),
                        row.key(),
                        row.seq(),
                        effect.at(),
                        detail,
                        faults.between(row.at(), effect.at())));
            } else {
                latest.put(row.key(), row);
            }
        }
    }
}
