package io.reliablemq.broker.embedded.server;

import java.nio.file.Path;
import org.apache.rocketmq.common.namesrv.NamesrvConfig;
import org.apache.rocketmq.common.namesrv.NamesrvUtil;
import org.apache.rocketmq.namesrv.NamesrvController;
import org.apache.rocketmq.namesrv.kvconfig.KVConfigManager;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;

/** RocketMQ's name server on loopback. */
final class NameServer {

    private static final String ORDERED = NamesrvUtil.NAMESPACE_ORDER_TOPIC_CONFIG;

    private final NamesrvController controller;
    private final String address;

    NameServer(Path dataDirectory, int port) {
        this.controller = new NamesrvController(config(dataDirectory), nettyConfig(port));
        this.address = Ports.LOOPBACK + ":" + port;
    }

    void start() throws Exception {
        if (!controller.initialize()) {
            throw new IllegalStateException("the name server could not be initialised: look for rocketmq.* in the log");
        }
        controller.start();
    }

    /**
     * Has ordered messages of this topic go to the queues that the broker has now, however many are added: a key that moves to another
     * queue may be overtaken by itself. As {@code mqadmin updateOrderConf} does it. For the only broker: RocketMQ's proxy (5.5.0) sends
     * nothing to a topic while a broker in its order configuration is away.
     */
    void keepOrder(String topic, String onlyBroker, int queues) {
        KVConfigManager configuration = controller.getKvConfigManager();
        if (configuration.getKVConfig(ORDERED, topic) == null) {
            configuration.putKVConfig(ORDERED, topic, onlyBroker + ":" + queues);
        }
    }

    /** For when there are several brokers now. */
    void releaseOrder(String topic) {
        KVConfigManager configuration = controller.getKvConfigManager();
        if (configuration.getKVConfig(ORDERED, topic) != null) {
            configuration.deleteKVConfig(ORDERED, topic);
        }
    }

    void shutdown() {
        controller.shutdown();
    }

    String address() {
        return address;
    }

    private static NamesrvConfig config(Path dataDirectory) {
        Path directory = dataDirectory.resolve("name-server");
        NamesrvConfig config = new NamesrvConfig();
        config.setRocketmqHome(dataDirectory.toString());
        config.setKvConfigPath(directory.resolve("kvConfig.json").toString());
        config.setConfigStorePath(directory.resolve("namesrv.properties").toString());
        // else clients are not told of it
        config.setOrderMessageEnable(true);
        config.setDefaultThreadPoolNums(4);
        config.setClientRequestThreadPoolNums(4);
        return config;
    }

    private static NettyServerConfig nettyConfig(int port) {
        NettyServerConfig config = new NettyServerConfig();
        config.setBindAddress(Ports.LOOPBACK);
        config.setListenPort(port);
        config.setServerWorkerThreads(2);
        config.setServerSelectorThreads(1);
        return config;
    }
}
