package io.reliablemq.autoconfigure;

import io.reliablemq.broker.embedded.BrokerMode;
import io.reliablemq.broker.embedded.DiskLimits;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A real RocketMQ inside this application, for development and tests.
 *
 * @param enabled Whether to start it. Needs the module reliable-mq-broker-embedded.
 * @param mode Whether all of it runs in this application's JVM, or each broker in a child JVM that ends with the application.
 * @param brokers Brokers that share the messages, 1 to 4: every topic has its queues on each of them, and while one refuses or is away messages
 *     without an order go to the others. With replicas 1 or 2, of each broker.
 * @param replicas Copies of each message: 1, or 2 for a master and a synchronously acknowledging replica, or 3 of which one
 *     becomes the master when the master dies (needs mode processes).
 * @param dataDirectory Where all its files are. Relative to the working directory.
 * @param port Port of the gRPC endpoint on loopback, 0 for a free one.
 * @param nameServerPort Port of the name server on loopback, 0 for a free one.
 * @param fileReservedTime How long messages are kept at least, read or not; whole hours.
 * @param deleteWhen Hours of the day, 0 to 23, in which older messages are deleted.
 * @param diskMaxUsedSpaceRatio Percentage of the disk in use above which older messages are deleted in any hour, 10 to 85.
 * @param diskSpaceWarningLevelRatio Percentage of the disk in use above which sends are refused, 35 to 90.
 * @param topics Topics to create.
 * @param groups Consumer groups to create. Those of this application's own listeners are created without being named here.
 */
@ConfigurationProperties("reliable-mq.broker.embedded")
record EmbeddedBrokerProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("in-process") BrokerMode mode,
        @DefaultValue("1") int brokers,
        @DefaultValue("1") int replicas,
        @DefaultValue("reliable-mq-data") Path dataDirectory,
        @DefaultValue("0") int port,
        @DefaultValue("0") int nameServerPort,
        @DefaultValue("5d") Duration fileReservedTime,
        @DefaultValue("4") List<Integer> deleteWhen,
        @DefaultValue("85") int diskMaxUsedSpaceRatio,
        @DefaultValue("90") int diskSpaceWarningLevelRatio,
        @DefaultValue List<Topic> topics,
        @DefaultValue List<Group> groups) {

    /**
     * @param name Name of the topic.
     * @param type What the topic takes; it cannot change later.
     * @param queues Number of queues. For FIFO topics it bounds how many listeners work in parallel.
     */
    record Topic(
            String name,
            @DefaultValue("normal") TopicType type,
            @DefaultValue("4") int queues) {}

    /**
     * @param name Name of the consumer group.
     * @param fifo Whether it consumes in order.
     */
    record Group(String name, @DefaultValue("false") boolean fifo) {}

    /** @throws ReliableMqConfigurationException naming the value that is wrong */
    EmbeddedBrokerSettings checkedSettings() {
        try {
            return settings();
        } catch (IllegalArgumentException e) {
            throw new ReliableMqConfigurationException(
                    "The embedded broker is not configured correctly: " + e.getMessage(),
                    "Correct the property reliable-mq.broker.embedded.*");
        }
    }

    private EmbeddedBrokerSettings settings() {
        return new EmbeddedBrokerSettings(
                dataDirectory,
                mode,
                brokers,
                replicas,
                port,
                nameServerPort,
                new DiskLimits(
                        fileReservedTime, new TreeSet<>(deleteWhen), diskMaxUsedSpaceRatio, diskSpaceWarningLevelRatio),
                topics.stream()
                        .map(t -> new TopicDeclaration(t.name(), t.type(), t.queues()))
                        .toList(),
                groups.stream()
                        .map(g -> new GroupDeclaration(g.name(), g.fifo(), GroupDeclaration.NEVER_DEAD_LETTER))
                        .toList());
    }
}
