package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.Map;

/** The server side of one embedded broker, wherever it runs. */
interface RunningServer extends AutoCloseable {

    /** Has a command done and answers its result; throws {@link EmbeddedBrokerException} if it fails or takes longer. */
    Map<String, String> call(String command, Map<String, String> arguments, Duration within);

    /** Shuts down in order. */
    @Override
    void close();
}
