package io.reliablemq.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

class SchemaUnavailableFailureAnalyzer extends AbstractFailureAnalyzer<SchemaUnavailableException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SchemaUnavailableException cause) {
        return new FailureAnalysis(
                "The " + cause.part() + " tables of Reliable MQ are not usable: " + cause.getMessage(),
                "Run the SQL scripts in '" + cause.scripts() + "' of the jar with a user that may create tables and set"
                        + " reliable-mq.schema.mode=validate, or let the library do it with reliable-mq.schema.mode=flyway"
                        + " and a database user that has the right.",
                cause);
    }
}
