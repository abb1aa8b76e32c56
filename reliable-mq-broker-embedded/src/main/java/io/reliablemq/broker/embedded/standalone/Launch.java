package io.reliablemq.broker.embedded.standalone;

import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;

/** What is to be started, and who is told how. */
record Launch(EmbeddedBrokerSettings settings, ReadyFile readyFile, boolean stopsAtEndOfInput, String logLevel) {

    boolean isDebugging() {
        return logLevel.equals("debug") || logLevel.equals("trace");
    }
}
