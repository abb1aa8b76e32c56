package io.reliablemq.doctor.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The first of a cluster's name servers that answers; each of them knows all. */
final class NameServer {

    private final ClusterAddress address;
    private final Duration timeout;

    NameServer(ClusterAddress address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
    }

    /** @throws IOException when none of them answers, or there is no broker */
    List<BrokerAddress> brokers() throws IOException {
        return ask(connection -> brokers(connection
                .call(Question.CLUSTER_INFO, Map.of())
                .orFail("the question for the brokers")
                .json()));
    }

    /**
     * How many queues of a topic can be read at which brokers, by their names; empty when there is no such topic.
     *
     * @throws IOException when none of them answers
     */
    Map<String, Integer> queues(String topic) throws IOException {
        return ask(connection -> {
            Reply reply = connection.call(Question.ROUTE_OF_A_TOPIC, Map.of("topic", topic));
            return reply.code() == Reply.TOPIC_NOT_EXIST
                    ? Map.of()
                    : queues(reply.orFail("the question for a topic").json());
        });
    }

    private static Map<String, Integer> queues(Map<String, @Nullable Object> route) throws IOException {
        Map<String, Integer> queues = new TreeMap<>();
        for (@Nullable Object one : Json.asList(route.get("queueDatas"))) {
            Map<String, @Nullable Object> broker = Json.asObject(one);
            queues.put(Json.asText(broker.get("brokerName")), BrokerInspection.queues(broker.get("readQueueNums")));
        }
        return queues;
    }

    private interface Conversation<T> {

        T with(RemotingConnection connection) throws IOException;
    }

    private <T> T ask(Conversation<T> conversation) throws IOException {
        IOException failure = new IOException("no address is given");
        for (String server : address.nameServers().split(";", -1)) {
            try (RemotingConnection connection = new RemotingConnection(server.strip(), timeout)) {
                return conversation.with(connection);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private List<BrokerAddress> brokers(Map<String, @Nullable Object> clusters) throws IOException {
        List<BrokerAddress> brokers = new ArrayList<>();
        Set<String> others = new TreeSet<>();
        new TreeMap<>(Json.asObject(clusters.get("brokerAddrTable"))).forEach((name, broker) -> {
            String cluster = Json.asText(Json.asObject(broker).get("cluster"));
            if (!address.cluster().isEmpty() && !address.cluster().equals(cluster)) {
                others.add(cluster);
                return;
            }
            Map<String, @Nullable Object> byId =
                    new TreeMap<>(Json.asObject(Json.asObject(broker).get("brokerAddrs")));
            byId.entrySet().stream()
                    .filter(entry -> entry.getKey().matches("\\d{1,18}"))
                    .map(entry ->
                            new BrokerAddress(name, Long.parseLong(entry.getKey()), Json.asText(entry.getValue())))
                    .forEach(brokers::add);
        });
        if (brokers.isEmpty() && !others.isEmpty()) {
            throw new IOException("it knows no cluster '" + address.cluster() + "', but " + String.join(", ", others));
        }
        if (brokers.isEmpty()) {
            throw new IOException("the name server knows no broker");
        }
        return brokers;
    }
}
