package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.outbox.spi.OutboxLedger;
import io.reliablemq.outbox.spi.OutboxLedger.Noted;
import io.reliablemq.reconciliation.Reconciliation;
import io.reliablemq.reconciliation.ReconciliationReport;
import io.reliablemq.reconciliation.ReconciliationReport.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeType;

/** Sent and arrived, compared. */
record ReconciliationSection(Reconciliation reconciliation, OutboxLedger ledger) implements Section {

    private static final MimeType LINES = new MimeType("application", "x-ndjson");

    /**
     * @param scheduled what the last scheduled comparison of any instance came to; null before the first one
     * @param latest the last one that this instance has made; null before the first one
     */
    record ReconciliationView(
            @Nullable Noted scheduled, @Nullable ReportView latest) {}

    record ReportView(Verdict verdict, long missing, long late, long dead, ReconciliationReport report) {

        static ReportView of(ReconciliationReport report) {
            return new ReportView(report.verdict(), report.missing(), report.late(), report.dead(), report);
        }
    }

    @Override
    public Object list(Given given) {
        given.only();
        return new ReconciliationView(
                ledger.noted().orElse(null),
                reconciliation.latest().map(ReportView::of).orElse(null));
    }

    @Override
    public Object item(String id, Given given) {
        if (!id.equals("lines")) {
            throw Problem.unknown("form of a report", Given.shown(id), List.of("lines"));
        }
        given.only();
        String lines = reconciliation
                .latest()
                .orElseThrow(() -> Problem.notFound(
                        "This instance has made no comparison yet: run one, or ask the instance that has"))
                .jsonLines()
                .collect(Collectors.joining("\n", "", "\n"));
        return new WebEndpointResponse<Object>(lines, LINES);
    }

    @Override
    public Object act(String operation, Given given) {
        if (!operation.equals("run")) {
            throw Problem.unknown("operation", operation, List.of("run"));
        }
        given.only("from", "to");
        if (!given.has("from") && !given.has("to")) {
            return ReportView.of(reconciliation.reconcile());
        }
        Instant from = given.requiredTime("from");
        return ReportView.of(reconciliation.reconcile(from, given.requiredTime("to")));
    }
}
