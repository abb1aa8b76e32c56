package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.server.logging.BrokerLogProvider;
import java.lang.System.Logger;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The door into the broker's class loader: commands and values of JDK types only. Not thread-safe; has one caller. */
public final class Server implements BiFunction<String, Map<String, String>, Map<String, String>> {

    private @Nullable Cluster cluster;

    /** Called through reflection from the application's class loader. */
    public Server(Function<String, Logger> logging) {
        BrokerLogProvider.install(logging);
    }

    @Override
    public Map<String, String> apply(String command, Map<String, String> arguments) {
        switch (command) {
            case "start" -> {
                return start(arguments);
            }
            case "createTopic" -> cluster().declare(TopicSpec.from(arguments));
            case "createGroup" -> cluster().declare(GroupSpec.from(arguments));
            case "stop" -> stop(Arguments.text(arguments, "part"), Arguments.number(arguments, "broker"));
            case "restart" -> restart(Arguments.text(arguments, "part"), Arguments.number(arguments, "broker"));
            case "fillDisk" -> fillDisk(arguments, true);
            case "freeDisk" -> fillDisk(arguments, false);
            case "kill", "pause", "resume" ->
                throw new IllegalStateException(
                        "a part of a broker that runs in the application's process has no process of its own: use mode processes");
            case "close" -> close();
            default -> throw new IllegalArgumentException("Unknown command '" + command + "'");
        }
        return Map.of();
    }

    private Map<String, String> start(Map<String, String> arguments) {
        Cluster started = new Cluster(ServerSettings.from(arguments));
        cluster = started;
        started.start();
        return Map.of("endpoints", started.endpoints(), "nameServer", started.nameServerAddress());
    }

    /** Of one broker, or of all. */
    private void fillDisk(Map<String, String> arguments, boolean full) {
        if (arguments.containsKey("broker")) {
            cluster().fillDisk(Arguments.number(arguments, "broker"), full);
        } else {
            cluster().fillDisk(full);
        }
    }

    private void stop(String part, int broker) {
        switch (part) {
            case "replica" -> cluster().stopReplica(broker);
            case "name_server" -> cluster().stopNameServer();
            default -> throw notAlone(part);
        }
    }

    private void restart(String part, int broker) {
        switch (part) {
            case "replica" -> cluster().startReplica(broker);
            case "name_server" -> cluster().restartNameServer();
            default -> throw notAlone(part);
        }
    }

    private static IllegalStateException notAlone(String part) {
        return new IllegalStateException(
                "'%s' cannot be taken away alone in the application's process: use mode processes".formatted(part));
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
