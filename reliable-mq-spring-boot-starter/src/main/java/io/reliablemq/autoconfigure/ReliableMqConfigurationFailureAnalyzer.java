package io.reliablemq.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

class ReliableMqConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ReliableMqConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ReliableMqConfigurationException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
