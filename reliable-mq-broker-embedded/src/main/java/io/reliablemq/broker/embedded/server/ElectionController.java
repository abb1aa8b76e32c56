package io.reliablemq.broker.embedded.server;

import java.nio.file.Path;
import org.apache.rocketmq.common.ControllerConfig;
import org.apache.rocketmq.controller.ControllerManager;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;

/** RocketMQ's controller on loopback: it elects the master among three brokers, never one that lacks what was acknowledged. */
final class ElectionController {

    private static final int FILE = 4 * 1024 * 1024;

    private final ControllerManager manager;

    ElectionController(Path dataDirectory, int port) {
        this.manager = new ControllerManager(config(dataDirectory, port), nettyConfig(), new NettyClientConfig());
    }

    void start() {
        if (!manager.initialize()) {
            throw new IllegalStateException("the controller could not be initialised: look for rocketmq.* in the log");
        }
        manager.start();
    }

    void shutdown() {
        manager.shutdown();
    }

    private static ControllerConfig config(Path dataDirectory, int port) {
        Path directory = dataDirectory.resolve("controller");
        ControllerConfig config = new ControllerConfig();
        config.setRocketmqHome(dataDirectory.toString());
        config.setConfigStorePath(directory.resolve("controller.properties").toString());
        config.setControllerStorePath(directory.toString());
        config.setControllerType(ControllerConfig.DLEDGER_CONTROLLER);
        config.setControllerDLegerGroup("controller");
        config.setControllerDLegerPeers("n0-" + Ports.LOOPBACK + ":" + port);
        config.setControllerDLegerSelfId("n0");
        config.setMappedFileSize(FILE);
        config.setScanNotActiveBrokerInterval(500);
        config.setScanInactiveMasterInterval(500);
        // one that lacks acknowledged messages is never elected: better no master
        config.setEnableElectUncleanMaster(false);
        return config;
    }

    private static NettyServerConfig nettyConfig() {
        NettyServerConfig config = new NettyServerConfig();
        config.setBindAddress(Ports.LOOPBACK);
        // listens where its peers expect it
        config.setListenPort(0);
        config.setServerWorkerThreads(2);
        config.setServerSelectorThreads(1);
        return config;
    }
}
