package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.OutboxConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

class OutboxMistakeFailureAnalyzer extends AbstractFailureAnalyzer<OutboxConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, OutboxConfigurationException cause) {
        return new FailureAnalysis(cause.getMessage(), "Correct the method or annotation that is named above.", cause);
    }
}
