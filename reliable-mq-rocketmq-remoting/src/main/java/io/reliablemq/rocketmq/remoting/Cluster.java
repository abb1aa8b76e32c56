package io.reliablemq.rocketmq.remoting;

import io.reliablemq.rocketmq.wire.BoundedClose;
import java.time.Duration;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.mqclient.MQClientAPIExt;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.protocol.NamespaceUtil;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;
import org.jspecify.annotations.Nullable;

/**
 * Name servers and brokers, for what the client's own producer does not ask them. The client has no public consumer that acknowledges
 * single messages, so this uses the class that RocketMQ's own proxy is built on.
 */
final class Cluster {

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final RemotingSettings settings;
    private @Nullable MQClientAPIExt api;
    private boolean closed;

    Cluster(RemotingSettings settings) {
        this.settings = settings;
    }

    /** @throws IllegalStateException when the connection is closed */
    synchronized MQClientAPIExt api() {
        if (closed) {
            throw new IllegalStateException("The connection is closed");
        }
        MQClientAPIExt open = api;
        if (open == null) {
            open = start();
            api = open;
        }
        return open;
    }

    private MQClientAPIExt start() {
        ClientConfig client = new ClientConfig();
        client.setNamesrvAddr(settings.nameServer());
        client.setVipChannelEnabled(false);
        client.setUseTLS(settings.tls());
        // a body that cannot be unpacked must not keep those from coming that were received with it
        client.setDecodeDecompressBody(false);
        NettyClientConfig netty = new NettyClientConfig();
        netty.setUseTLS(settings.tls());
        MQClientAPIExt started = new MQClientAPIExt(client, netty, new IgnoredRequests(), Credentials.hook(settings));
        started.updateNameServerAddressList();
        started.start();
        return started;
    }

    /** A topic or group as the cluster knows it. */
    String named(String name) {
        return settings.namespace().isEmpty() ? name : NamespaceUtil.wrapNamespace(settings.namespace(), name);
    }

    long timeout() {
        return settings.requestTimeout().toMillis();
    }

    /**
     * Asks a name server; blocks.
     *
     * @throws MQClientException with the code {@code TOPIC_NOT_EXIST} when it knows no such topic
     */
    TopicRoute route(String topic) throws MQClientException, RemotingException, InterruptedException {
        return TopicRoute.of(topic, named(topic), api().getTopicRouteInfoFromNameServer(named(topic), timeout(), true));
    }

    /** Asks the first of its brokers; blocks. */
    AcceptedType acceptedType(TopicRoute route) throws MQBrokerException, RemotingException, InterruptedException {
        String broker = route.anyBroker();
        if (broker == null) {
            return AcceptedType.ANY;
        }
        try {
            TopicConfig config = api().getTopicConfig(broker, named(route.topic()), timeout());
            return AcceptedType.of(config);
        } catch (MQBrokerException e) {
            if (e.getResponseCode() == ResponseCode.NO_PERMISSION
                    || e.getResponseCode() == ResponseCode.REQUEST_CODE_NOT_SUPPORTED) {
                return AcceptedType.ANY;
            }
            throw e;
        }
    }

    /** Blocks. */
    SubscriptionGroupConfig group(String broker, String group)
            throws MQBrokerException, RemotingException, InterruptedException {
        return api().getSubscriptionGroupConfig(broker, named(group), timeout());
    }

    void close() {
        MQClientAPIExt last;
        synchronized (this) {
            closed = true;
            last = api;
            api = null;
        }
        if (last != null) {
            BoundedClose.within(CLOSE_WITHIN, "client", last::shutdown);
        }
    }
}
