package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.wire.Seat;
import java.nio.file.Path;
import org.apache.rocketmq.auth.config.AuthConfig;
import org.apache.rocketmq.common.BrokerConfig;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;

/** The settings of one broker that are not about its store. */
record BrokerSettings(ServerSettings server, Seat seat, int port, String nameServerAddress, String controllerAddress) {

    static final String CLUSTER = "DefaultCluster";
    private static final String BROKER = "embedded";
    /** Where replicas connect, from the port of the broker. */
    static final int REPLICATION_PORT = 1;

    String address() {
        return Ports.LOOPBACK + ":" + port;
    }

    Path directory() {
        return server.directory(seat);
    }

    /** What the copies of one broker share, and what name server and clients know it by. */
    String brokerName() {
        return seat.broker() == 0 ? BROKER : BROKER + "-" + seat.broker();
    }

    BrokerConfig brokerConfig() {
        BrokerConfig config = new QuietBrokerConfig();
        identity(config);
        strictness(config);
        registration(config);
        redelivery(config);
        transactions(config);
        smallThreadPools(config);
        return config;
    }

    NettyServerConfig nettyServerConfig() {
        NettyServerConfig config = new NettyServerConfig();
        config.setBindAddress(Ports.LOOPBACK);
        config.setListenPort(port);
        config.setServerWorkerThreads(4);
        config.setServerSelectorThreads(2);
        return config;
    }

    NettyClientConfig nettyClientConfig() {
        NettyClientConfig config = new NettyClientConfig();
        config.setClientWorkerThreads(2);
        return config;
    }

    AuthConfig authConfig() {
        AuthConfig config = new AuthConfig();
        config.setConfigName(brokerName() + "-" + seat.copy());
        config.setClusterName(CLUSTER);
        config.setAuthConfigPath(directory().resolve("config").toString());
        return config;
    }

    private void identity(BrokerConfig config) {
        config.setRocketmqHome(server.dataDirectory().toString());
        config.setBrokerConfigPath(directory().resolve("broker.properties").toString());
        config.setBrokerClusterName(CLUSTER);
        config.setBrokerName(brokerName());
        config.setBrokerId(seat.copy());
        config.setBrokerIP1(Ports.LOOPBACK);
        config.setBrokerIP2(Ports.LOOPBACK);
        config.setListenPort(port);
        config.setNamesrvAddr(nameServerAddress);
    }

    private static void strictness(BrokerConfig config) {
        config.setAutoCreateTopicEnable(false);
        // a group nobody declared would dead-letter after 16 deliveries, unseen
        config.setAutoCreateSubscriptionGroup(false);
        // listeners may filter by headers
        config.setEnablePropertyFilter(true);
        // 200 ms turn a busy development machine into errors
        config.setWaitTimeMillsInSendQueue(2_000);
        config.setFlushConsumerOffsetInterval(1_000);
        config.setTraceOn(false);
    }

    private void registration(BrokerConfig config) {
        config.setRegisterNameServerPeriod(10_000);
        // a JVM stopped at a breakpoint is not a dead broker
        config.setBrokerNotActiveTimeoutMillis(60_000);
        if (server.isControlled()) {
            election(config);
        } else if (server.replicas() > 1) {
            // with the replica away a send then fails at once and is not stored, and receiving goes on
            config.setEnableSlaveActingMaster(true);
            config.setSkipPreOnline(true);
        }
    }

    private void election(BrokerConfig config) {
        config.setEnableControllerMode(true);
        config.setControllerAddr(controllerAddress);
        // the controller gives one, and 0 to the master
        config.setBrokerId(-1);
        config.setBrokerHeartbeatInterval(500);
        // one that dies is noticed by its connection; this one is for one that is stopped
        config.setControllerHeartBeatTimeoutMills(3_000);
        config.setSyncBrokerMetadataPeriod(1_000);
        config.setCheckSyncStateSetPeriod(1_000);
        config.setSyncControllerMetadataPeriod(2_000);
    }

    private static void redelivery(BrokerConfig config) {
        config.setReviveQueueNum(2);
        config.setReviveInterval(100);
        config.setReviveMaxSlow(1);
        // loses checkpoints in 5.5.0
        config.setPopConsumerKVServiceEnable(false);
    }

    private static void transactions(BrokerConfig config) {
        config.setTransactionTimeOut(6_000);
        config.setTransactionCheckInterval(1_000);
        config.setTransactionOpBatchInterval(200);
    }

    private static void smallThreadPools(BrokerConfig config) {
        config.setPullMessageThreadPoolNums(4);
        config.setLitePullMessageThreadPoolNums(2);
        config.setAckMessageThreadPoolNums(4);
        config.setProcessReplyMessageThreadPoolNums(2);
        config.setQueryMessageThreadPoolNums(2);
        config.setAdminBrokerThreadPoolNums(2);
        config.setClientManageThreadPoolNums(2);
        config.setConsumerManageThreadPoolNums(2);
        config.setLoadBalanceProcessorThreadPoolNums(2);
        config.setEndTransactionThreadPoolNums(2);
        config.setRecoverThreadPoolNums(2);
    }
}
