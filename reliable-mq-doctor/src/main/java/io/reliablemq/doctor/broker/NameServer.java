package io.reliablemq.doctor.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The first of a cluster's name servers that answers; each of them knows all. */
final class NameServer {

    private final String addresses;
    private final Duration timeout;

    /** @param addresses {@code host:port} separated by semicolons */
    NameServer(String addresses, Duration timeout) {
        this.addresses = addresses;
        this.timeout = timeout;
    }

    /** @throws IOException when none of them answers, or there is no broker */
    List<BrokerAddress> brokers() throws IOException {
        IOException failure = new IOException("no address is given");
        for (String address : addresses.split(";", -1)) {
            try (RemotingConnection connection = new RemotingConnection(address.strip(), timeout)) {
                return brokers(connection
                        .call(Question.CLUSTER_INFO, Map.of())
                        .orFail("the question for the brokers")
                        .json());
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private static List<BrokerAddress> brokers(Map<String, @Nullable Object> cluster) throws IOException {
        List<BrokerAddress> brokers = new ArrayList<>();
        new TreeMap<>(Json.asObject(cluster.get("brokerAddrTable"))).forEach((name, broker) -> {
            Map<String, @Nullable Object> byId =
                    new TreeMap<>(Json.asObject(Json.asObject(broker).get("brokerAddrs")));
            byId.entrySet().stream()
                    .filter(entry -> entry.getKey().matches("\\d{1,18}"))
                    .map(entry ->
                            new BrokerAddress(name, Long.parseLong(entry.getKey()), Json.asText(entry.getValue())))
                    .forEach(brokers::add);
        });
        if (brokers.isEmpty()) {
            throw new IOException("the name server knows no broker");
        }
        return brokers;
    }
}
