package io.reliablemq.doctor;

import io.reliablemq.doctor.Finding.Status;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * All findings of one examination, the worst first.
 *
 * @param guarantees what holds right now, in one sentence, as far as it could be seen
 */
public record Findings(List<Finding> all, String guarantees) {

    /** Sorts them; those of one status stay in the order of the rules. */
    public Findings {
        all = all.stream()
                .sorted(Comparator.comparing(Finding::status).reversed())
                .toList();
    }

    public List<Finding> with(Status status) {
        return all.stream().filter(finding -> finding.status() == status).toList();
    }

    public List<Finding> notOk() {
        return all.stream().filter(finding -> finding.status() != Status.OK).toList();
    }

    /** Those that keep an application from starting which is to refuse wrong configuration. */
    public List<Finding> refusing() {
        return all.stream().filter(Finding::refuses).toList();
    }

    /** The worst status there is; UNKNOWN is worse than OK and better than WARN. */
    public Status worst() {
        return all.isEmpty() ? Status.OK : all.get(0).status();
    }

    /** Such as {@code 18 OK, 1 WARN}. */
    public String summary() {
        return List.of(Status.OK, Status.WARN, Status.FAIL, Status.UNKNOWN).stream()
                .filter(status -> status == Status.OK || !with(status).isEmpty())
                .map(status -> with(status).size() + " " + status)
                .collect(Collectors.joining(", "));
    }

    /** For people to read: two lines for each finding, three with a remedy. */
    public static String table(List<Finding> findings) {
        return findings.stream().map(Findings::lines).collect(Collectors.joining("\n"));
    }

    private static String lines(Finding finding) {
        String text = "%-7s %-20s %s%n        %s"
                .formatted(finding.status(), finding.rule(), finding.subject(), finding.reason());
        return finding.remedy().isEmpty() ? text : text + "%n        -> %s".formatted(finding.remedy());
    }
}
