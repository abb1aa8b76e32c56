package io.reliablemq.doctor.broker;

import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.Answer.Known;
import io.reliablemq.doctor.facts.Answer.Unknown;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.GroupFacts;
import io.reliablemq.doctor.facts.ListenerFacts;
import io.reliablemq.doctor.facts.TopicFacts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks a cluster what it is like, beginning at its name server. Opens a connection to each broker, changes nothing and closes them.
 *
 * <p><b>Thread</b>: any. <b>Errors</b>: none; who does not answer is unknown.
 */
public final class ClusterInspection {

    private final String nameServer;
    private final Duration timeout;
    private final boolean namespaced;

    /**
     * Connects to nobody yet.
     *
     * @param nameServer addresses of name servers, {@code host:port} separated by semicolons
     * @param timeout for each connection and each answer
     * @param namespaced whether topics and groups have other names at the broker, which are not known here
     */
    public ClusterInspection(String nameServer, Duration timeout, boolean namespaced) {
        this.nameServer = nameServer;
        this.timeout = timeout;
        this.namespaced = namespaced;
    }

    /** What the brokers say about themselves, and about the application's topics and groups. */
    public Answer<ClusterFacts> inspect(ApplicationFacts application) {
        try {
            List<BrokerAddress> brokers = new NameServer(nameServer, timeout).brokers();
            ClusterFacts facts = new ClusterFacts(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            brokers.forEach(broker -> inspect(broker, application, facts));
            return new Known<>(facts);
        } catch (IOException e) {
            return new Unknown<>(
                    "the name server at " + nameServer + " does not say which brokers there are: " + e.getMessage(),
                    "Start it, let the application reach it, or correct reliable-mq.rocketmq.name-server");
        }
    }

    private void inspect(BrokerAddress broker, ApplicationFacts application, ClusterFacts facts) {
        Set<String> topics = new TreeSet<>(application.topics());
        application.listeners().forEach(listener -> topics.add(listener.topic()));
        try (RemotingConnection connection = new RemotingConnection(broker.address(), timeout)) {
            BrokerInspection inspection = new BrokerInspection(connection);
            facts.brokers().add(facts(broker, new Known<>(inspection.state())));
            if (broker.isMaster() && namespaced) {
                namesUnknown(broker, topics, application, facts);
            } else if (broker.isMaster()) {
                for (String topic : topics) {
                    facts.topics().add(new TopicFacts(topic, broker.name(), inspection.typeOf(topic)));
                }
                for (ListenerFacts listener : application.listeners()) {
                    facts.groups()
                            .add(new GroupFacts(listener, broker.name(), group(inspection, application, listener)));
                }
            }
        } catch (IOException e) {
            silent(broker, topics, e, facts);
        }
    }

    /** A group that is created later is not asked for: brokers log each question that they cannot answer as an error. */
    private static Answer<Optional<GroupFacts.State>> group(
            BrokerInspection inspection, ApplicationFacts application, ListenerFacts listener) throws IOException {
        return application.groupsPrepared() ? new Known<>(Optional.empty()) : inspection.groupOf(listener);
    }

    private static void namesUnknown(
            BrokerAddress broker, Set<String> topics, ApplicationFacts application, ClusterFacts facts) {
        String why = "what it is called at the broker is not known here, because a namespace is configured";
        String remedy = "Look with mqadmin";
        topics.forEach(topic -> facts.topics().add(new TopicFacts(topic, broker.name(), new Unknown<>(why, remedy))));
        application.listeners().forEach(listener -> facts.groups()
                .add(new GroupFacts(listener, broker.name(), new Unknown<>(why, remedy))));
    }

    private static void silent(BrokerAddress broker, Set<String> topics, IOException e, ClusterFacts facts) {
        facts.brokers().removeIf(known -> known.address().equals(broker.address()));
        facts.brokers()
                .add(facts(
                        broker,
                        new Unknown<>(
                                "it does not answer: " + e.getMessage(),
                                "Start it, or let the application reach the address that it registers")));
        if (broker.isMaster()) {
            topics.forEach(topic -> facts.topics()
                    .add(new TopicFacts(
                            topic,
                            broker.name(),
                            new Unknown<>("a broker that may have it does not answer", "Start the broker"))));
        }
    }

    private static BrokerFacts facts(BrokerAddress broker, Answer<BrokerFacts.State> state) {
        return new BrokerFacts(broker.name(), broker.id(), broker.address(), state);
    }
}
