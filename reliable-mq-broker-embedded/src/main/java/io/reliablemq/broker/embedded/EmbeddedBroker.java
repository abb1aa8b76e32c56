package io.reliablemq.broker.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A running Apache RocketMQ: name server, broker (with {@code replicas = 2} also a replica, with 3 two of them) and gRPC proxy,
 * listening on loopback only, in a class loader of its own or in child JVMs ({@link BrokerMode}).
 *
 * <p>A message that a producer got acknowledged is on the disk of every copy before the acknowledgement leaves, and it
 * is there again after a restart on the same data directory, also when the JVM was killed. With two replicas a send
 * fails at once, and is not stored, while the replica is away. With three it is on two disks at least, on those of all that may
 * become the master, and while fewer than two are there sends are refused. Topics are never created by themselves.
 *
 * <p>Safe for use by several threads; calls run one after the other. Several brokers can run in one JVM, each with its
 * own data directory. The broker's threads keep the JVM alive until {@link #close()}.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private static final Duration START_WITHIN = Duration.ofMinutes(3);
    private static final Duration CHANGE_WITHIN = Duration.ofSeconds(90);

    private final DataDirectory directory;
    private final RunningServer server;
    private final String endpoints;
    private final String nameServer;
    private final Network network;
    private final int brokers;
    private boolean closed;

    private EmbeddedBroker(
            EmbeddedBrokerSettings settings,
            DataDirectory directory,
            RunningServer server,
            Map<String, String> addresses) {
        this.brokers = settings.brokers();
        this.directory = directory;
        this.server = server;
        this.endpoints = String.valueOf(addresses.get("endpoints"));
        this.nameServer = String.valueOf(addresses.get("nameServer"));
        this.network = new Network(endpoints);
    }

    /**
     * Starts the broker and returns when it serves, every declared topic and group exists, and a first message was
     * stored on every copy. The first start on a data directory unpacks the broker's jars there.
     *
     * @throws EmbeddedBrokerException if the directory is in use or cannot be written, its disk is too full, a given port is
     *     taken, a topic exists with another type, or the broker does not come up; nothing is left running then
     */
    public static EmbeddedBroker start(EmbeddedBrokerSettings settings) {
        DataDirectory directory = DataDirectory.hold(settings.dataDirectory());
        try {
            return start(settings, directory);
        } catch (RuntimeException | Error e) {
            directory.close();
            throw e;
        }
    }

    private static EmbeddedBroker start(EmbeddedBrokerSettings settings, DataDirectory directory) {
        ClassLoader application = EmbeddedBroker.class.getClassLoader();
        BrokerLibrary library = new BrokerLibrary(application, directory.path().resolve("lib"));
        new DiskSpace(settings, library).require();
        RunningServer server = server(settings, library.unpack());
        try {
            Layout.require(settings);
            EmbeddedBroker broker = new EmbeddedBroker(
                    settings, directory, server, server.call("start", arguments(settings), START_WITHIN));
            settings.topics().forEach(broker::createTopic);
            settings.groups().forEach(broker::createGroup);
            return broker;
        } catch (RuntimeException | Error e) {
            closeAfter(e, server);
            throw e;
        }
    }

    /** The address of the gRPC proxy, for {@code ClientConfiguration.setEndpoints}; without TLS. */
    public String endpoints() {
        return endpoints;
    }

    /** The address of the name server, for clients and tools of the remoting protocol. */
    public String nameServer() {
        return nameServer;
    }

    /** The directory that holds everything this broker writes. */
    public Path dataDirectory() {
        return directory.path();
    }

    /**
     * Makes sure that the topic exists, on each broker, and can be sent to when this returns. Adds queues when more are declared than
     * there are. Of several brokers one that is away gets it when it is back.
     *
     * @throws EmbeddedBrokerException if the topic exists with another type, or the broker refuses it
     */
    public void createTopic(TopicDeclaration topic) {
        server.call(
                "createTopic",
                Map.of("name", topic.name(), "type", topic.type().name(), "queues", String.valueOf(topic.queues())),
                CHANGE_WITHIN);
    }

    /**
     * Makes sure that the consumer group exists with these settings. On a topic it has not read yet, a group starts from
     * the earliest message.
     *
     * @throws EmbeddedBrokerException if the broker refuses it
     */
    public void createGroup(GroupDeclaration group) {
        server.call(
                "createGroup",
                Map.of(
                        "name", group.name(),
                        "fifo", String.valueOf(group.fifo()),
                        "retryMaxTimes", String.valueOf(group.retryMaxTimes())),
                CHANGE_WITHIN);
    }

    /** Takes parts away and brings them back, for tests. */
    public BrokerFaults faults() {
        return new BrokerFaults(server, network, brokers);
    }

    /** Shuts everything down in order, within seconds; closing again does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        network.close();
        try {
            server.close();
        } finally {
            directory.close();
        }
    }

    private static RunningServer server(EmbeddedBrokerSettings settings, List<Path> classPath) {
        return settings.mode() == BrokerMode.PROCESSES
                ? new ProcessServer(settings, classPath)
                : new IsolatedServer(classPath);
    }

    private static Map<String, String> arguments(EmbeddedBrokerSettings settings) {
        DiskLimits limits = settings.diskLimits();
        return Map.of(
                "dataDirectory", settings.dataDirectory().toString(),
                "brokers", String.valueOf(settings.brokers()),
                "replicas", String.valueOf(settings.replicas()),
                "proxyPort", String.valueOf(settings.proxyPort()),
                "nameServerPort", String.valueOf(settings.nameServerPort()),
                "fileReservedHours", String.valueOf(limits.fileReservedTime().toHours()),
                "deleteWhen",
                        limits.deleteWhen().stream().map("%02d"::formatted).collect(Collectors.joining(";")),
                "diskMaxUsedSpaceRatio", String.valueOf(limits.diskMaxUsedSpaceRatio()),
                "diskSpaceWarningLevelRatio", String.valueOf(limits.diskSpaceWarningLevelRatio()));
    }

    private static void closeAfter(Throwable failure, RunningServer server) {
        try {
            server.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
