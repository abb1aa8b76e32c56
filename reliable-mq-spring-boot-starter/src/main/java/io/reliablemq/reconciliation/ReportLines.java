package io.reliablemq.reconciliation;

import io.reliablemq.reconciliation.ReconciliationReport.Group;
import io.reliablemq.reconciliation.ReconciliationReport.Named;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A report as lines of JSON, each of which says of what it is. */
final class ReportLines {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ReportLines() {}

    static Stream<String> of(ReconciliationReport report) {
        Stream<String> groups = report.groups().stream().flatMap(ReportLines::of);
        return Stream.concat(
                Stream.of(line(
                        "line", "report",
                        "verdict", report.verdict(),
                        "from", report.from(),
                        "to", report.to(),
                        "at", report.at(),
                        "tookMs", report.took().toMillis(),
                        "unknown", report.unknown())),
                groups);
    }

    private static Stream<String> of(Group group) {
        return Stream.concat(
                Stream.of(line(
                        "line", "group",
                        "group", group.group(),
                        "topic", group.topic(),
                        "compared", group.compared(),
                        "applied", group.applied(),
                        "missing", group.missing(),
                        "late", group.late(),
                        "dead", group.dead(),
                        "inFlight", group.inFlight(),
                        "waiting", group.waiting())),
                group.named().stream().map(named -> of(group, named)));
    }

    private static String of(Group group, Named named) {
        return line(
                "line", "message",
                "group", group.group(),
                "kind", named.kind(),
                "messageId", named.messageId(),
                "sentAt", named.sentAt(),
                "appliedAt", named.appliedAt(),
                "detail", named.detail(),
                "broker", named.broker());
    }

    /** @param values names and values in turn */
    private static String line(@Nullable Object... values) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i += 2) {
            fields.put(String.valueOf(values[i]), values[i + 1]);
        }
        return JSON.writeValueAsString(fields);
    }
}
