package io.reliablemq.broker.embedded.server;

import org.apache.rocketmq.auth.config.AuthConfig;
import org.apache.rocketmq.proxy.config.Configuration;
import org.apache.rocketmq.proxy.config.ConfigurationManager;
import org.apache.rocketmq.proxy.config.ProxyConfig;

/** The proxy's settings. RocketMQ keeps them in static fields: hence one embedded broker per class loader. */
final class ProxySettings extends ConfigurationManager {

    private static final String NAME = "embedded";

    private ProxySettings() {}

    static ProxyConfig install(ServerSettings settings, int port, String nameServerAddress) {
        proxyHome = settings.dataDirectory().toString();
        ProxyConfig config = new ProxyConfig();
        // what one broker refuses goes to another for a while
        config.setSendLatencyEnable(settings.brokers() > 1);
        identity(config, port, nameServerAddress);
        promptness(config);
        smallThreadPools(config);
        config.initData();
        configuration = new Configuration();
        configuration.setProxyConfig(config);
        configuration.setAuthConfig(authConfig());
        return config;
    }

    private static void identity(ProxyConfig config, int port, String nameServerAddress) {
        config.setProxyName(NAME);
        config.setRocketMQClusterName(BrokerSettings.CLUSTER);
        config.setProxyClusterName(BrokerSettings.CLUSTER);
        config.setNamesrvAddr(nameServerAddress);
        config.setLocalServeAddr(Ports.LOOPBACK);
        config.setGrpcServerPort(port);
        // who comes over another port, a faulty network's or a forwarded one, stays there
        config.setUseEndpointPortFromRequest(true);
    }

    /** Development does not wait: topics appear at once, redelivery and short polls are allowed, checks come early. */
    private static void promptness(ProxyConfig config) {
        config.setMinInvisibleTimeMillsForRecv(1_000);
        config.setGrpcClientConsumerMinLongPollingTimeoutMillis(500);
        config.setTopicRouteServiceCacheRefreshSeconds(1);
        config.setTopicConfigCacheRefreshSeconds(1);
        config.setSubscriptionGroupConfigCacheRefreshSeconds(1);
        // with the default of 20 s half messages are dropped before a producer is known to check with
        config.setTransactionHeartbeatPeriodSecond(1);
        config.setGrpcShutdownTimeSeconds(1);
    }

    private static void smallThreadPools(ProxyConfig config) {
        config.setGrpcThreadPoolNums(8);
        config.setRocketmqMQClientNum(2);
        config.setTransactionHeartbeatThreadPoolNums(2);
        config.setEnablePrintJstack(false);
    }

    private static AuthConfig authConfig() {
        AuthConfig config = new AuthConfig();
        config.setConfigName(NAME);
        config.setClusterName(BrokerSettings.CLUSTER);
        return config;
    }
}
