package io.reliablemq.broker.embedded.server;

import java.nio.file.Path;
import org.apache.rocketmq.common.namesrv.NamesrvConfig;
import org.apache.rocketmq.namesrv.NamesrvController;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jspecify.annotations.Nullable;

/** RocketMQ's name server on loopback, and what it knows. */
final class NameServer {

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

    void shutdown() {
        controller.shutdown();
    }

    String address() {
        return address;
    }

    boolean knows(String brokerName, long brokerId, String brokerAddress) {
        BrokerData broker = controller
                .getRouteInfoManager()
                .getAllClusterInfo()
                .getBrokerAddrTable()
                .get(brokerName);
        return broker != null && brokerAddress.equals(broker.getBrokerAddrs().get(brokerId));
    }

    boolean routes(String topic, int queues) {
        TopicRouteData route = route(topic);
        return route != null
                && route.getQueueDatas().stream()
                                .mapToInt(data -> data.getWriteQueueNums())
                                .max()
                                .orElse(0)
                        >= queues;
    }

    private @Nullable TopicRouteData route(String topic) {
        return controller.getRouteInfoManager().pickupTopicRouteData(topic);
    }

    private static NamesrvConfig config(Path dataDirectory) {
        Path directory = dataDirectory.resolve("name-server");
        NamesrvConfig config = new NamesrvConfig();
        config.setRocketmqHome(dataDirectory.toString());
        config.setKvConfigPath(directory.resolve("kvConfig.json").toString());
        config.setConfigStorePath(directory.resolve("namesrv.properties").toString());
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
