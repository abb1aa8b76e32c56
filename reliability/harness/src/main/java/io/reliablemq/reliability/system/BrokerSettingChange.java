package io.reliablemq.reliability.system;

import java.util.Properties;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.impl.MQClientAPIImpl;
import org.apache.rocketmq.client.impl.MQClientManager;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;

/** Changes a setting of a broker that runs, as its administrators can: the embedded one has no door to what is unsafe. */
final class BrokerSettingChange {

    private static final long WITHIN_MS = 10_000;

    private BrokerSettingChange() {}

    static void make(String nameServer, String name, String value) throws Exception {
        ClientConfig config = new ClientConfig();
        config.setNamesrvAddr(nameServer);
        MQClientInstance client = MQClientManager.getInstance().getOrCreateMQClientInstance(config);
        client.start();
        try {
            MQClientAPIImpl brokers = client.getMQClientAPIImpl();
            Properties change = new Properties();
            change.setProperty(name, value);
            for (BrokerData broker :
                    brokers.getBrokerClusterInfo(WITHIN_MS).getBrokerAddrTable().values()) {
                brokers.updateBrokerConfig(broker.selectBrokerAddr(), change, WITHIN_MS);
            }
        } finally {
            client.shutdown();
        }
    }
}
