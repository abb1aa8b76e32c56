package io.reliablemq.broker.embedded.server;

import java.util.Map;

/** What one process runs of a broker that is spread over several. Not thread-safe; has one caller. */
interface Member {

    /** Does what the application's process says, and answers what it wants to know. */
    Map<String, String> apply(String command, Map<String, String> arguments) throws Exception;

    /** Shuts down in order. */
    void close();
}
