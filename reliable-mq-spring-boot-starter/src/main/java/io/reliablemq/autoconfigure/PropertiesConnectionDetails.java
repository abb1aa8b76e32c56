package io.reliablemq.autoconfigure;

import org.jspecify.annotations.Nullable;

/** Connection details from {@code reliable-mq.rocketmq.*}. */
class PropertiesConnectionDetails implements RocketMqConnectionDetails {

    private final RocketMqProperties properties;
    private final String endpoints;

    PropertiesConnectionDetails(RocketMqProperties properties) {
        this.properties = properties;
        if (properties.client() == RocketMqProperties.Client.REMOTING) {
            requireNameServer(properties.nameServer());
            this.endpoints = "";
            return;
        }
        if (properties.endpoints() == null || properties.endpoints().isBlank()) {
            throw new ReliableMqConfigurationException(
                    "Reliable MQ does not know where the broker is: reliable-mq.rocketmq.endpoints is not set and"
                            + " reliable-mq.broker.embedded.enabled is not true.",
                    "For development add io.reliablemq:reliable-mq-broker-embedded and set"
                            + " reliable-mq.broker.embedded.enabled=true. For your cluster set"
                            + " reliable-mq.rocketmq.endpoints to the host:port of its gRPC proxies.");
        }
        this.endpoints = properties.endpoints();
    }

    static void requireNameServer(@Nullable String nameServer) {
        if (nameServer == null || nameServer.isBlank()) {
            throw new ReliableMqConfigurationException(
                    "Reliable MQ does not know where the broker is: reliable-mq.rocketmq.client is remoting, which needs name"
                            + " servers, and reliable-mq.rocketmq.name-server is not set.",
                    "Set reliable-mq.rocketmq.name-server to the host:port of the cluster's name servers, or"
                            + " reliable-mq.rocketmq.client=grpc to use its gRPC proxies. For development add"
                            + " io.reliablemq:reliable-mq-broker-embedded and set reliable-mq.broker.embedded.enabled=true.");
        }
    }

    @Override
    public String endpoints() {
        return endpoints;
    }

    @Override
    public @Nullable String nameServer() {
        return properties.nameServer();
    }

    @Override
    public @Nullable String accessKey() {
        return properties.accessKey();
    }

    @Override
    public @Nullable String secretKey() {
        return properties.secretKey();
    }
}
