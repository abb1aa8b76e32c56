package io.reliablemq.test;

import io.reliablemq.broker.embedded.BrokerFaults;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import java.util.stream.Stream;

/**
 * What a test class sees of a broker that runs as long as the test JVM: topics and groups whose names begin with its namespace. Safe for
 * use by several threads.
 *
 * <p>An application that Spring's test support has started need not know of that: names are translated where its messages leave it and
 * come in. Other clients ask {@link #nameOf}. RocketMQ's own namespaces are not used: its proxy does not heed them.
 */
public final class IsolatedBroker {

    private final EmbeddedBroker broker;
    private final String endpoints;
    private final String namespace;

    private IsolatedBroker(EmbeddedBroker broker, String endpoints, String namespace) {
        this.broker = broker;
        this.endpoints = endpoints;
        this.namespace = namespace;
    }

    /**
     * What a test class has asked for, with its topics and groups; starts the broker if none of these settings runs.
     *
     * @throws IllegalArgumentException when something is not written correctly
     * @throws io.reliablemq.broker.embedded.EmbeddedBrokerException when the broker does not come up
     */
    public static IsolatedBroker of(EmbeddedRocketMq wanted, Class<?> testClass) {
        TopicDeclaration[] topics =
                Stream.of(wanted.topics()).map(TopicDeclaration::parse).toArray(TopicDeclaration[]::new);
        GroupDeclaration[] groups =
                Stream.of(wanted.groups()).map(GroupDeclaration::parse).toArray(GroupDeclaration[]::new);
        String namespace = Namespaces.of(wanted, testClass);
        EmbeddedBroker broker = SharedBrokers.running(wanted.mode(), wanted.replicas());
        IsolatedBroker isolated = new IsolatedBroker(
                broker, wanted.faultyNetwork() ? broker.faults().endpoints() : broker.endpoints(), namespace);
        Stream.of(topics).forEach(isolated::createTopic);
        Stream.of(groups).forEach(isolated::createGroup);
        return isolated;
    }

    /** The address of the gRPC proxy, without TLS. */
    public String endpoints() {
        return endpoints;
    }

    /** The address of the name server. */
    public String nameServer() {
        return broker.nameServer();
    }

    /** What the names of this test class's topics and groups begin with. */
    public String namespace() {
        return namespace;
    }

    /** What the broker calls a topic or a group of this test class. */
    public String nameOf(String topicOrGroup) {
        return namespace + "-" + topicOrGroup;
    }

    /** As {@link EmbeddedBroker#createTopic}, of this name in this test class. */
    public void createTopic(TopicDeclaration topic) {
        broker.createTopic(new TopicDeclaration(nameOf(topic.name()), topic.type(), topic.queues()));
    }

    /** As {@link EmbeddedBroker#createGroup}, of this name in this test class. */
    public void createGroup(GroupDeclaration group) {
        broker.createGroup(new GroupDeclaration(nameOf(group.name()), group.fifo(), group.retryMaxTimes()));
    }

    /** Takes parts of the broker away, from every test class that shares it: bring them back before the test ends. */
    public BrokerFaults faults() {
        return broker.faults();
    }

    EmbeddedBroker broker() {
        return broker;
    }
}
