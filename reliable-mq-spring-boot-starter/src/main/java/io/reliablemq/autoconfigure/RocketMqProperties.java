package io.reliablemq.autoconfigure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The RocketMQ cluster.
 *
 * @param client What the cluster is reached through: grpc, by its proxies, or remoting, by its name servers with the classic client
 *     (needs io.reliablemq:reliable-mq-rocketmq-remoting on the class path).
 * @param endpoints Addresses of the cluster's gRPC proxies, host:port separated by semicolons. For the client grpc.
 * @param nameServer Addresses of the cluster's name servers, host:port separated by semicolons. For the client remoting, and for the doctor,
 *     which asks them what the brokers are like.
 * @param namespace Namespace of topics and groups, if the cluster has namespaces. RocketMQ's own proxy (5.5.0) takes no notice of it; the
 *     classic client puts it in front of the names.
 * @param accessKey Access key, if the cluster asks for one.
 * @param secretKey Secret key that belongs to the access key.
 * @param tls Whether to encrypt the connection.
 * @param requestTimeout Time for one request.
 * @param awaitDuration How long one receive waits at the broker for a message.
 */
@ConfigurationProperties("reliable-mq.rocketmq")
record RocketMqProperties(
        @DefaultValue("grpc") Client client,
        @Nullable String endpoints,
        @Nullable String nameServer,
        @DefaultValue("") String namespace,
        @Nullable String accessKey,
        @Nullable String secretKey,
        @DefaultValue("false") boolean tls,
        @DefaultValue("3s") Duration requestTimeout,
        @DefaultValue("5s") Duration awaitDuration) {

    /** The client of RocketMQ that is used. */
    enum Client {
        GRPC,
        REMOTING
    }
}
