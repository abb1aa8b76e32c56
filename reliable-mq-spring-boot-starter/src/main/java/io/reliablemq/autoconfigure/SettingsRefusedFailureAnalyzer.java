package io.reliablemq.autoconfigure;

import io.reliablemq.doctor.Findings;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

class SettingsRefusedFailureAnalyzer extends AbstractFailureAnalyzer<SettingsRefusedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SettingsRefusedException cause) {
        return new FailureAnalysis(
                "The doctor refuses to start the application (reliable-mq.doctor.on-failure=refuse): what is configured"
                        + " here breaks what Reliable MQ promises.\n\n" + Findings.table(cause.findings()),
                "Do what each finding says after its arrow, or set reliable-mq.doctor.on-failure=warn to start all the"
                        + " same. docs/doctor.md explains each rule.",
                cause);
    }
}
