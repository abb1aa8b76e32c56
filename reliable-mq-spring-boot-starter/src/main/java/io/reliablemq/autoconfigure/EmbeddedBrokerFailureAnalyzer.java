package io.reliablemq.autoconfigure;

import io.reliablemq.broker.embedded.EmbeddedBrokerException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

class EmbeddedBrokerFailureAnalyzer extends AbstractFailureAnalyzer<EmbeddedBrokerException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, EmbeddedBrokerException cause) {
        return new FailureAnalysis(
                "The embedded broker did not start. " + cause.getMessage(),
                "Do what is said above; directory and ports are reliable-mq.broker.embedded.data-directory, .port and"
                        + " .name-server-port. Or use a broker that runs elsewhere: set"
                        + " reliable-mq.broker.embedded.enabled=false and reliable-mq.rocketmq.endpoints.",
                cause);
    }
}
