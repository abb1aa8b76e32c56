package io.reliablemq.reliability.system;

import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.impl.MQClientAPIImpl;
import org.apache.rocketmq.client.impl.MQClientManager;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;

/** What administrators of a broker can ask it, and change in it, while it runs: the embedded one has no door to what is unsafe. */
final class BrokerAdministration {

    private static final long WITHIN_MS = 10_000;

    private final String nameServer;

    BrokerAdministration(String nameServer) {
        this.nameServer = nameServer;
    }

    /** Something that is done with a connection to them. */
    private interface Task<T> {
        T with(MQClientAPIImpl brokers, Collection<BrokerData> known) throws Exception;
    }

    /** In the broker that takes messages, of each set of copies. */
    void change(String name, String value) throws Exception {
        Properties change = new Properties();
        change.setProperty(name, value);
        run((brokers, known) -> {
            for (BrokerData broker : known) {
                brokers.updateBrokerConfig(broker.selectBrokerAddr(), change, WITHIN_MS);
            }
            return known;
        });
    }

    /** Where copies that run listen for others which follow them. */
    Collection<Integer> replicationPorts() throws Exception {
        return run((brokers, known) -> {
            Collection<Integer> ports = new TreeSet<>();
            for (BrokerData broker : known) {
                for (String address : broker.getBrokerAddrs().values()) {
                    ports.add(Integer.valueOf(
                            brokers.getBrokerConfig(address, WITHIN_MS).getProperty("haListenPort")));
                }
            }
            return ports;
        });
    }

    private <T> T run(Task<T> task) throws Exception {
        ClientConfig config = new ClientConfig();
        config.setNamesrvAddr(nameServer);
        MQClientInstance client = MQClientManager.getInstance().getOrCreateMQClientInstance(config);
        client.start();
        try {
            MQClientAPIImpl brokers = client.getMQClientAPIImpl();
            return task.with(
                    brokers,
                    List.copyOf(brokers.getBrokerClusterInfo(WITHIN_MS)
                            .getBrokerAddrTable()
                            .values()));
        } finally {
            client.shutdown();
        }
    }
}
