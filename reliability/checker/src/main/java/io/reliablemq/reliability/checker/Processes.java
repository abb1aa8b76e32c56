package io.reliablemq.reliability.checker;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.FailedStart;
import io.reliablemq.reliability.checker.Event.LateStop;
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
        history.of(LateStop.class)
                .filter(stop -> !faults.hasHit(stop.needs(), stop.since(), stop.at()))
                .forEach(this::notEnded);
        history.of(FailedStart.class)
                .filter(start -> !faults.hasHit(start.needs(), start.since(), start.at()))
                .forEach(this::notStarted);
    }

    private void notStarted(FailedStart start) {
        report(
                Kind.NOT_STARTED,
                start.worker(),
                start.since(),
                start.at(),
                "it has ended before it was ready: " + start.why());
    }

    private void notEnded(LateStop stop) {
        String detail = "it had not ended %.0f s after it was asked to".formatted((stop.at() - stop.since()) / 1000.0);
        report(Kind.NOT_ENDED, stop.worker(), stop.since(), stop.at(), detail);
    }

    private void check(Watch watch) {
        long ms = watch.at() - watch.since();
        if (!hasApplied(watch)) {
            idle(watch, "its listener " + watch.listener() + " has done nothing for " + ms + " ms");
        } else if (!watch.running()) {
            idle(watch, "its listener " + watch.listener() + " did not say within " + ms + " ms that it runs");
        }
    }

    private boolean hasApplied(Watch watch) {
        return history.of(Effect.class)
                .filter(effect -> effect.worker().equals(watch.worker()))
                .filter(effect -> effect.listener().equals(watch.listener()))
                .anyMatch(effect -> watch.since() <= effect.at() && effect.at() <= watch.at());
    }

    private void idle(Watch watch, String detail) {
        report(Kind.IDLE, watch.worker(), watch.since(), watch.at(), detail);
    }

    private void report(Kind kind, String worker, long since, long at, String detail) {
        findings.add(new Violation(kind, worker, "-", -1, at, detail, faults.between(since, at)));
    }
}
