package io.reliablemq.autoconfigure;

import io.reliablemq.doctor.Finding;
import java.util.List;

/** Settings break the promise, and are to be refused. */
class SettingsRefusedException extends RuntimeException {

    private final transient List<Finding> findings;

    SettingsRefusedException(List<Finding> findings) {
        super(findings.size() + " settings break the promise: "
                + findings.stream().map(Finding::rule).distinct().toList());
        this.findings = findings;
    }

    List<Finding> findings() {
        return findings;
    }
}
