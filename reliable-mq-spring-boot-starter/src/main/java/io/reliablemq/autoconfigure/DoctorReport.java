package io.reliablemq.autoconfigure;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Nature;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.Findings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Says in the log what holds, and what does not: once, and again only when it changes. Used by one thread at a time. */
class DoctorReport implements Consumer<Findings> {

    private static final Logger log = LoggerFactory.getLogger("io.reliablemq.doctor");

    /** Of a state the words change with each look: how full, how far behind. */
    private record Word(Status status, String reason) {}

    private record Subject(String rule, String name) {}

    private Map<Subject, Word> said = Map.of();
    private String guarantees = "";

    @Override
    public void accept(Findings findings) {
        if (!findings.guarantees().equals(guarantees)) {
            guarantees = findings.guarantees();
            log.info("Guarantees in force: {}. Findings: {}", guarantees, findings.summary());
        }
        Map<Subject, Word> words = new HashMap<>();
        findings.all().forEach(finding -> words.put(subject(finding), word(finding)));
        List<Finding> news = findings.all().stream()
                .filter(finding -> !word(finding).equals(said.get(subject(finding))))
                .toList();
        news.forEach(this::say);
        said = words;
    }

    private void say(Finding finding) {
        if (finding.status() == Status.OK) {
            if (said.getOrDefault(subject(finding), word(finding)).status() != Status.OK) {
                event(finding).log("Now OK, {}: {}: {}", finding.rule(), finding.subject(), finding.reason());
            }
            return;
        }
        event(finding)
                .log(
                        "{} {}: {}: {}. {}",
                        finding.status(),
                        finding.rule(),
                        finding.subject(),
                        finding.reason(),
                        finding.remedy());
    }

    private static LoggingEventBuilder event(Finding finding) {
        LogEvent event =
                switch (finding.status()) {
                    case FAIL -> LogEvent.DOCTOR_FAIL;
                    case WARN -> LogEvent.DOCTOR_WARN;
                    case UNKNOWN -> LogEvent.DOCTOR_UNKNOWN;
                    case OK -> LogEvent.DOCTOR_OK;
                };
        return event.on(log)
                .addKeyValue("reliablemq.rule", finding.rule())
                .addKeyValue("reliablemq.subject", finding.subject())
                .addKeyValue("reliablemq.reason", finding.reason());
    }

    private static Subject subject(Finding finding) {
        return new Subject(finding.rule(), finding.subject());
    }

    private static Word word(Finding finding) {
        return new Word(finding.status(), finding.nature() == Nature.SETTING ? finding.reason() : "");
    }
}
