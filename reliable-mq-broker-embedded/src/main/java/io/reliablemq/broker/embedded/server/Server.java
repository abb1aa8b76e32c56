package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.server.logging.BrokerLogProvider;
import java.lang.System.Logger;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The door into the broker's class loader: commands and values of JDK types only. Not thread-safe; has one caller. */
public final class Server implements BiFunction<String, Map<String, Object>, Map<String, Object>> {

    private @Nullable Cluster cluster;

    /** Called through reflection from the application's class loader. */
    public Server() {}

    @Override
    public Map<String, Object> apply(String command, Map<String, Object> arguments) {
        switch (command) {
            case "start" -> {
                return start(arguments);
            }
            case "createTopic" -> cluster().topics().declare(TopicSpec.from(arguments));
            case "createGroup" -> cluster().groups().declare(GroupSpec.from(arguments));
            case "stopReplica" -> cluster().stopReplica();
            case "startReplica" -> cluster().startReplica();
            case "close" -> close();
            default -> throw new IllegalArgumentException("Unknown command '" + command + "'");
        }
        return Map.of();
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> start(Map<String, Object> arguments) {
        BrokerLogProvider.install((Function<String, Logger>) Objects.requireNonNull(arguments.get("logging")));
        Cluster started = new Cluster(ServerSettings.from(arguments));
        cluster = started;
        started.start();
        return Map.of("endpoints", started.endpoints(), "nameServer", started.nameServerAddress());
    }

    private void close() {
        if (cluster != null) {
            BrokerLogProvider.closing();
            cluster.close();
            cluster = null;
        }
    }

    private Cluster cluster() {
        if (cluster == null) {
            throw new IllegalStateException("the embedded broker is closed; start a new one");
        }
        return cluster;
    }
}
