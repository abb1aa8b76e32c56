package io.reliablemq.broker.embedded.server;

import java.nio.file.Path;
import java.util.Map;

/** What the cluster is started with. */
record ServerSettings(Path dataDirectory, int replicas, int proxyPort, int nameServerPort, DiskSettings disk) {

    /** From so many on a controller elects the master among them. */
    static final int CONTROLLED = 3;

    static ServerSettings from(Map<String, String> arguments) {
        return new ServerSettings(
                Path.of(Arguments.text(arguments, "dataDirectory")),
                Arguments.number(arguments, "replicas"),
                Arguments.number(arguments, "proxyPort"),
                Arguments.number(arguments, "nameServerPort"),
                DiskSettings.from(arguments));
    }

    boolean isControlled() {
        return replicas >= CONTROLLED;
    }

    Path brokerDirectory(int brokerId) {
        return dataDirectory.resolve("broker-" + brokerId);
    }
}
