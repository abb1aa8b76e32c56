package io.reliablemq.broker.embedded.server;

import java.nio.file.Path;
import java.util.Map;

/** What the cluster is started with. */
record ServerSettings(Path dataDirectory, int replicas, int proxyPort, int nameServerPort) {

    static ServerSettings from(Map<String, Object> arguments) {
        return new ServerSettings(
                Arguments.get(arguments, "dataDirectory", Path.class),
                Arguments.get(arguments, "replicas", Integer.class),
                Arguments.get(arguments, "proxyPort", Integer.class),
                Arguments.get(arguments, "nameServerPort", Integer.class));
    }

    Path brokerDirectory(int brokerId) {
        return dataDirectory.resolve("broker-" + brokerId);
    }
}
