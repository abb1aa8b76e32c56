package io.reliablemq.reliability.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.reliability.checker.Event;
import io.reliablemq.reliability.checker.History;
import io.reliablemq.reliability.checker.Verdict;
import io.reliablemq.reliability.checker.Violation;
import io.reliablemq.reliability.checker.Violation.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TextReportTests {

    @Test
    void countsTransactionsEffectsAndFaults() {
        assertThat(text(List.of()))
                .contains("run this")
                .contains("committed 12, rolled back 3, of both 2 without a known outcome")
                .contains("effects       36, missing 1")
                .contains("4.3 s while no fault was on (bound 48 s)")
                .contains("5 that struck while a message was in flight")
                .containsPattern("broker-kill +4 \\(and 1 in vain\\)\n")
                .containsPattern("producer-kill +1\n")
                .containsPattern("database-cut +0 \\(and 2 in vain\\)\n")
                .contains("in vain       producer-clock of producer-1 clock (no. 3): it stood still\n")
                .contains("failed starts 2 of producer-1, the first of producer-1.2: no port\n")
                .endsWith("\nNo violation.\n");
    }

    @Test
    void namesTheFirstViolationsOfEachKindAndCountsTheOthers() {
        List<Violation> violations = Stream.concat(
                        IntStream.range(0, 25).mapToObj(i -> violation(Kind.LOST, "lost-" + i)),
                        Stream.of(violation(Kind.INVERTED, "late")))
                .toList();

        assertThat(text(violations))
                .contains(
                        "VIOLATION LOST lost-0 ",
                        "VIOLATION LOST lost-19 ",
                        "and 5 more LOST",
                        "VIOLATION INVERTED late ")
                .doesNotContain("lost-20 ", "more INVERTED", "No violation")
                .endsWith("\n26 violations.\n");
    }

    private static Violation violation(Kind kind, String id) {
        return new Violation(kind, id, "k1", 1, 1_000, "gone", List.of("broker-kill"));
    }

    private static String text(List<Violation> violations) {
        Verdict verdict = new Verdict(
                violations,
                12,
                3,
                2,
                36,
                1,
                Map.of("broker-kill", 4, "producer-kill", 1),
                Map.of("broker-kill", 1, "database-cut", 2),
                4_321);
        History history = History.of(List.of(
                new Event.Fault(1_000, 3, "producer-clock", "producer-1 clock"),
                new Event.InVain(2_000, 3, "it stood still"),
                new Event.FailedStart(2_000, 1_000, "producer-1.2", List.of("database"), "no port"),
                new Event.FailedStart(2_500, 2_000, "producer-1.3", List.of("database"), "no disk"),
                new Event.End(3_000)));
        return new TextReport("run this", Duration.ofSeconds(48), history, verdict).text();
    }
}
