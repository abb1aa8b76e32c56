package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.Invoke;
import io.reliablemq.reliability.checker.Event.Listener;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.checker.Violation.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One listener: does each committed transaction have its effect there, once, and nothing else one? */
final class Deliveries {

    /** A fault that struck that long after the commit may have to do with a loss. */
    private static final long AFTERMATH_MS = 60_000;

    private final History history;
    private final FaultTimes faults;
    private final Findings findings;
    private final Map<String, Set<String>> whereLeft = new HashMap<>();

    Deliveries(History history, FaultTimes faults, Findings findings) {
        this.history = history;
        this.faults = faults;
        this.findings = findings;
        history.left().forEach(left -> whereLeft
                .computeIfAbsent(left.id(), id -> new HashSet<>())
                .add(left.where()));
    }

    void check(Listener listener) {
        Map<String, Effect> first = new HashMap<>();
        for (Effect effect : history.effectsOf(listener)) {
            Effect earlier = first.putIfAbsent(effect.message().id(), effect);
            if (earlier != null) {
                duplicated(earlier, effect);
            } else {
                compareWithCommitted(effect);
            }
        }
        history.rows().values().stream()
                .filter(row -> !first.containsKey(row.id()))
                .forEach(row -> missing(listener, row));
    }

    private void duplicated(Effect earlier, Effect effect) {
        String detail = "%s applied it again in %s, after %s at %d"
                .formatted(effect.listener(), effect.worker(), earlier.worker(), earlier.at());
        report(Kind.DUPLICATED, effect, earlier.at(), detail);
    }

    private void compareWithCommitted(Effect effect) {
        Row row = history.rows().get(effect.message().id());
        if (row == null) {
            Invoke invoke = history.invokes().get(effect.message().id());
            String what = invoke == null ? "nobody ever sent" : "was never committed";
            report(
                    Kind.PHANTOM,
                    effect,
                    invoke == null ? effect.at() : invoke.at(),
                    effect.listener() + " applied what " + what);
            return;
        }
        if (!row.sameContent(effect.message())) {
            String detail = "%s was given key=%s seq=%d content=%s, committed were key=%s seq=%d content=%s"
                    .formatted(
                            effect.listener(),
                            effect.message().key(),
                            effect.message().seq(),
                            effect.message().content(),
                            row.key(),
                            row.seq(),
                            row.content());
            report(Kind.ALTERED, effect, row.at(), detail);
        }
        if (!effect.committed()) {
            report(Kind.BEFORE_COMMIT, effect, row.at(), effect.listener() + " could not see the business row");
        }
    }

    private void missing(Listener listener, Row row) {
        Set<String> left = whereLeft.getOrDefault(row.id(), Set.of());
        String detail = left.isEmpty()
                ? "no effect in " + listener.name() + ", and nothing is left of the message"
                : "no effect in " + listener.name() + ", the message is still in " + left;
        findings.missing();
        findings.add(new Violation(
                left.isEmpty() ? Kind.LOST : Kind.STUCK,
                row.id(),
                row.key(),
                row.seq(),
                row.at(),
                detail,
                faults.between(row.at(), row.at() + AFTERMATH_MS)));
    }

    private void report(Kind kind, Effect effect, long since, String detail) {
        Row message = effect.message();
        List<String> on = faults.between(Math.min(since, effect.at()), effect.at());
        findings.add(new Violation(kind, message.id(), message.key(), message.seq(), effect.at(), detail, on));
    }
}
