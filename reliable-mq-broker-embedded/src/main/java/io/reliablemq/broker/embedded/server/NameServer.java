package io.reliablemq.broker.embedded.server;

import java.nio.file.Path;
import org.apache.rocketmq.common.namesrv.NamesrvConfig;
import org.apache.rocketmq.namesrv.NamesrvController;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;

/** RocketMQ's name server on loopback. */
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
