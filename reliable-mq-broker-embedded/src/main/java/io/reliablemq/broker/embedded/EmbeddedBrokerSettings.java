package io.reliablemq.broker.embedded;

import io.reliablemq.broker.embedded.wire.Seats;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What an {@link EmbeddedBroker} is started with. Everything the broker writes goes below the data directory.
 *
 * @param dataDirectory  where messages, offsets, settings and the broker's own jars are kept; created when missing
 * @param mode           whether all of it runs in this JVM, or each broker in a JVM of its own
 * @param brokers        1 to 4 brokers that share the messages: every topic has its queues on each of them. While one refuses or is away,
 *                       messages without an order go to the others
 * @param replicas       copies of each of them. 1: the broker alone. 2: a master and a replica, and a message is acknowledged when both have it on disk.
 *                       3: a message is acknowledged when two have it on disk at least, and one of them becomes the master
 *                       when the master dies; needs {@link BrokerMode#PROCESSES}
 * @param proxyPort      the port of the gRPC proxy on loopback, or 0 for a free one (the last one used, if still free)
 * @param nameServerPort the port of the name server on loopback, or 0 for a free one (the last one used, if still free)
 * @param diskLimits     when messages are deleted, and from when on none are taken
 * @param topics         the topics that exist when {@link EmbeddedBroker#start} returns
 * @param groups         the consumer groups that exist when {@link EmbeddedBroker#start} returns
 */
public record EmbeddedBrokerSettings(
        Path dataDirectory,
        BrokerMode mode,
        int brokers,
        int replicas,
        int proxyPort,
        int nameServerPort,
        DiskLimits diskLimits,
        List<TopicDeclaration> topics,
        List<GroupDeclaration> groups) {

    private static final int MOST_BROKERS = 4;

    /** Validates the settings; throws {@link IllegalArgumentException} naming the value that is wrong. */
    public EmbeddedBrokerSettings {
        dataDirectory = Objects.requireNonNull(dataDirectory, "dataDirectory must not be null")
                .toAbsolutePath()
                .normalize();
        Objects.requireNonNull(mode, "mode must not be null");
        requireBrokers(brokers, replicas);
        requireReplicas(replicas, mode);
        requirePort("gRPC proxy", proxyPort);
        requirePort("name server", nameServerPort);
        if (proxyPort != 0 && proxyPort == nameServerPort) {
            throw new IllegalArgumentException(
                    "The ports of gRPC proxy and name server are both %d: give each its own".formatted(proxyPort));
        }
        Objects.requireNonNull(diskLimits, "diskLimits must not be null");
        topics = List.copyOf(topics);
        groups = List.copyOf(groups);
    }

    /** One broker on free ports in this directory, with nothing declared. */
    public static EmbeddedBrokerSettings in(Path dataDirectory) {
        return new EmbeddedBrokerSettings(
                dataDirectory, BrokerMode.IN_PROCESS, 1, 1, 0, 0, DiskLimits.DEFAULT, List.of(), List.of());
    }

    /** The same with its parts running there. */
    public EmbeddedBrokerSettings withMode(BrokerMode where) {
        return new EmbeddedBrokerSettings(
                dataDirectory, where, brokers, replicas, proxyPort, nameServerPort, diskLimits, topics, groups);
    }

    /** The same with so many brokers, 1 to 4. */
    public EmbeddedBrokerSettings withBrokers(int number) {
        return new EmbeddedBrokerSettings(
                dataDirectory, mode, number, replicas, proxyPort, nameServerPort, diskLimits, topics, groups);
    }

    /** The same with 1, 2 or 3 copies of every message. Three need {@link BrokerMode#PROCESSES}: set the mode first. */
    public EmbeddedBrokerSettings withReplicas(int number) {
        return new EmbeddedBrokerSettings(
                dataDirectory, mode, brokers, number, proxyPort, nameServerPort, diskLimits, topics, groups);
    }

    /** The same with this port for the gRPC proxy. */
    public EmbeddedBrokerSettings withProxyPort(int port) {
        return new EmbeddedBrokerSettings(
                dataDirectory, mode, brokers, replicas, port, nameServerPort, diskLimits, topics, groups);
    }

    /** The same with this port for the name server. */
    public EmbeddedBrokerSettings withNameServerPort(int port) {
        return new EmbeddedBrokerSettings(
                dataDirectory, mode, brokers, replicas, proxyPort, port, diskLimits, topics, groups);
    }

    /** The same with these limits. */
    public EmbeddedBrokerSettings withDiskLimits(DiskLimits limits) {
        return new EmbeddedBrokerSettings(
                dataDirectory, mode, brokers, replicas, proxyPort, nameServerPort, limits, topics, groups);
    }

    /** The same with exactly these topics. */
    public EmbeddedBrokerSettings withTopics(TopicDeclaration... declared) {
        return new EmbeddedBrokerSettings(
                dataDirectory,
                mode,
                brokers,
                replicas,
                proxyPort,
                nameServerPort,
                diskLimits,
                List.of(declared),
                groups);
    }

    /** The same with exactly these consumer groups. */
    public EmbeddedBrokerSettings withGroups(GroupDeclaration... declared) {
        return new EmbeddedBrokerSettings(
                dataDirectory,
                mode,
                brokers,
                replicas,
                proxyPort,
                nameServerPort,
                diskLimits,
                topics,
                List.of(declared));
    }

    Seats seats() {
        return new Seats(brokers, replicas);
    }

    private static void requireBrokers(int brokers, int replicas) {
        if (brokers < 1 || brokers > MOST_BROKERS) {
            throw new IllegalArgumentException("brokers is %d: use 1 to %d".formatted(brokers, MOST_BROKERS));
        }
        if (brokers > 1 && replicas == 3) {
            throw new IllegalArgumentException(
                    "brokers is %d with 3 replicas, and the controller of the three elects for one broker only: use 1 or 2 replicas, or one broker"
                            .formatted(brokers));
        }
    }

    private static void requireReplicas(int replicas, BrokerMode mode) {
        if (replicas < 1 || replicas > 3) {
            throw new IllegalArgumentException("replicas is %d: use 1, 2 or 3".formatted(replicas));
        }
        if (replicas == 3 && mode != BrokerMode.PROCESSES) {
            throw new IllegalArgumentException(
                    "replicas is 3 in one process, where all of them die together: use mode processes, or 1 or 2 replicas");
        }
    }

    private static void requirePort(String name, int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "The port of the %s is %d: use 0 for a free one, or 1 to 65535".formatted(name, port));
        }
    }
}
