package io.reliablemq.doctor.broker;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.doctor.Findings;
import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.ClusterFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Reader;
import io.reliablemq.doctor.facts.Facts;
import io.reliablemq.doctor.facts.ListenerFacts;
import io.reliablemq.doctor.rules.Rules;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A real cluster that a test makes wrong, in the protocol of its administrators. */
final class BrokerCluster {

    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int SEND_MESSAGE = 10;
    private static final int UPDATE_CONSUMER_OFFSET = 15;
    private static final int UPDATE_BROKER_CONFIG = 25;

    private final EmbeddedBroker broker;
    final List<ListenerFacts> listeners = new ArrayList<>();
    int copies = 2;
    String name = "";

    BrokerCluster(EmbeddedBroker broker) {
        this.broker = broker;
    }

    static ListenerFacts listener(String topic, String group, boolean ordered) {
        return new ListenerFacts(group, topic, group, ordered, Duration.ofDays(7), Duration.ofHours(2), 16, 100, false);
    }

    private ClusterAddress address() {
        return new ClusterAddress(broker.nameServer(), name);
    }

    String setting(String setting) throws IOException {
        try (RemotingConnection connection = new RemotingConnection(master().address(), PATIENCE)) {
            return connection
                    .call(Question.BROKER_CONFIG, Map.of())
                    .properties()
                    .get(setting);
        }
    }

    Findings examine(String... topics) {
        ApplicationFacts application = new ApplicationFacts(
                copies, Duration.ofSeconds(3), Duration.ofHours(1), false, null, Set.of(topics), listeners);
        Answer<ClusterFacts> cluster = new ClusterInspection(address(), PATIENCE, false).inspect(application);
        return Rules.judge(new Facts(application, null, cluster));
    }

    ClusterFigures measure(Reader... readers) {
        return new ClusterMeasurement(address(), PATIENCE).measure(List.of(readers));
    }

    List<BrokerAddress> brokers() throws IOException {
        return new NameServer(address(), PATIENCE).brokers();
    }

    BrokerAddress master() throws IOException {
        return brokers().stream().filter(BrokerAddress::isMaster).findFirst().orElseThrow();
    }

    /** Answers the value before. */
    String set(String setting, String value) throws IOException {
        try (RemotingConnection connection = new RemotingConnection(master().address(), PATIENCE)) {
            String before = connection
                    .call(Question.BROKER_CONFIG, Map.of())
                    .orFail("reading")
                    .properties()
                    .get(setting);
            connection
                    .call(UPDATE_BROKER_CONFIG, Map.of(), setting + "=" + value + "\n")
                    .orFail("setting " + setting);
            return before;
        }
    }

    /** As the first receive does. */
    void position(String group, String topic, int queue) throws IOException {
        position(group, topic, queue, 0);
    }

    Map<String, Boolean> find(String topic, String... keys) {
        return new MessageSearch(address(), PATIENCE).find(topic, List.of(keys));
    }

    void send(String topic, int queue) throws IOException {
        send(topic, queue, "");
    }

    /** @param key empty for none */
    void send(String topic, int queue, String key) throws IOException {
        try (RemotingConnection connection = new RemotingConnection(master().address(), PATIENCE)) {
            Map<String, String> fields = new HashMap<>(Map.of(
                    "producerGroup", "test",
                    "topic", topic,
                    "defaultTopic", "TBW102",
                    "defaultTopicQueueNums", "1",
                    "queueId", String.valueOf(queue),
                    "sysFlag", "0",
                    "bornTimestamp", "1",
                    "flag", "0"));
            fields.put("properties", key.isEmpty() ? "" : "KEYS\1" + key + "\2");
            connection.call(SEND_MESSAGE, fields, "text").orFail("sending");
        }
    }

    void position(String group, String topic, int queue, long offset) throws IOException {
        try (RemotingConnection connection = new RemotingConnection(master().address(), PATIENCE)) {
            connection
                    .call(
                            UPDATE_CONSUMER_OFFSET,
                            Map.of(
                                    "consumerGroup",
                                    group,
                                    "topic",
                                    topic,
                                    "queueId",
                                    String.valueOf(queue),
                                    "commitOffset",
                                    String.valueOf(offset)))
                    .orFail("setting the position");
        }
    }
}
