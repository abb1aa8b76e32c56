package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.Watch;
import io.reliablemq.reliability.checker.Violation.Kind;

/** Does each process do its part? What one of them leaves undone the others do, and no message shows it. */
final class Processes {

    private final History history;
    private final FaultTimes faults;
    private final Findings findings;

    Processes(History history, FaultTimes faults, Findings findings) {
        this.history = history;
        this.faults = faults;
        this.findings = findings;
    }

    void check() {
        history.of(Watch.class).forEach(this::check);
    }

    private void check(Watch watch) {
        long ms = watch.at() - watch.since();
        if (!hasApplied(watch)) {
            report(watch, "its listener " + watch.listener() + " has done nothing for " + ms + " ms");
        } else if (!watch.running()) {
            report(watch, "its listener " + watch.listener() + " did not say within " + ms + " ms that it runs");
        }
    }

    private boolean hasApplied(Watch watch) {
        return history.of(Effect.class)
                .filter(effect -> effect.worker().equals(watch.worker()))
                .filter(effect -> effect.listener().equals(watch.listener()))
                .anyMatch(effect -> watch.since() <= effect.at() && effect.at() <= watch.at());
    }

    private void report(Watch watch, String detail) {
        findings.add(new Violation(
                Kind.IDLE, watch.worker(), "-", -1, watch.at(), detail, faults.between(watch.since(), watch.at())));
    }
}
