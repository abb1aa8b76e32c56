package io.reliablemq.reliability.report;

import io.reliablemq.reliability.checker.Event.FailedStart;
import io.reliablemq.reliability.checker.Event.Fault;
import io.reliablemq.reliability.checker.Event.InVain;
import io.reliablemq.reliability.checker.History;
import io.reliablemq.reliability.checker.Verdict;
import io.reliablemq.reliability.checker.Violation;
import io.reliablemq.reliability.checker.Violation.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A verdict, to be read. */
public final class TextReport {

    private static final int SHOWN_PER_KIND = 20;

    private final String command;
    private final Duration bound;
    private final History history;
    private final Verdict verdict;

    public TextReport(String command, Duration bound, History history, Verdict verdict) {
        this.command = command;
        this.bound = bound;
        this.history = history;
        this.verdict = verdict;
    }

    /** All but the summary. */
    public String text() {
        StringBuilder text = new StringBuilder("\n" + command + "\n\n");
        text.append("transactions  committed %d, rolled back %d, of both %d without a known outcome%n"
                .formatted(verdict.committed(), verdict.rolledBack(), verdict.unknown()));
        text.append("effects       %d, missing %d%n".formatted(verdict.effects(), verdict.missing()));
        text.append("longest wait  %.1f s while no fault was on (bound %d s)%n"
                .formatted(verdict.longestQuietWaitMs() / 1000.0, bound.toSeconds()));
        faults(text);
        failedStarts(text);
        for (Kind kind : Kind.values()) {
            violations(text, kind);
        }
        text.append(
                verdict.isClean()
                        ? "\nNo violation.\n"
                        : "\n" + verdict.violations().size() + " violations.\n");
        return text.toString();
    }

    private void faults(StringBuilder text) {
        Map<String, Integer> struck = verdict.faults();
        Map<String, Integer> inVain = verdict.faultsInVain();
        text.append("faults        %d that struck while a message was in flight%n".formatted(verdict.struck()));
        TreeSet<String> names = new TreeSet<>(struck.keySet());
        names.addAll(inVain.keySet());
        for (String name : names) {
            int vain = inVain.getOrDefault(name, 0);
            text.append("  %-24s %3d%s%n"
                    .formatted(name, struck.getOrDefault(name, 0), vain == 0 ? "" : " (and " + vain + " in vain)"));
        }
        history.of(InVain.class).forEach(fault -> text.append("in vain       %s%n".formatted(reason(fault))));
    }

    private String reason(InVain inVain) {
        String which = history.of(Fault.class)
                .filter(fault -> fault.number() == inVain.number())
                .map(fault -> fault.name() + " of " + fault.target())
                .findFirst()
                .orElse("?");
        return which + " (no. " + inVain.number() + "): " + inVain.why();
    }

    /** Also those that a fault excuses. */
    private void failedStarts(StringBuilder text) {
        Map<String, List<FailedStart>> byPlace = history.of(FailedStart.class)
                .collect(Collectors.groupingBy(start -> place(start.worker()), TreeMap::new, Collectors.toList()));
        byPlace.forEach((place, failed) -> text.append("failed starts %d of %s, the first of %s: %s%n"
                .formatted(
                        failed.size(),
                        place,
                        failed.get(0).worker(),
                        failed.get(0).why())));
    }

    /** Of producer-1.2 it is producer-1. */
    private static String place(String worker) {
        int number = worker.lastIndexOf('.');
        return number < 0 ? worker : worker.substring(0, number);
    }

    private void violations(StringBuilder text, Kind kind) {
        verdict.violations().stream()
                .filter(violation -> violation.kind() == kind)
                .limit(SHOWN_PER_KIND)
                .map(Violation::text)
                .forEach(line -> text.append("VIOLATION ").append(line).append('\n'));
        if (verdict.count(kind) > SHOWN_PER_KIND) {
            text.append("          and %d more %s%n".formatted(verdict.count(kind) - SHOWN_PER_KIND, kind));
        }
    }
}
