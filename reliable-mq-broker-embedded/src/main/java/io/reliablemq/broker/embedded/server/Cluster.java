package io.reliablemq.broker.embedded.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.rocketmq.proxy.config.ProxyConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.jspecify.annotations.Nullable;

/** Name server, brokers with their replicas, and proxy: started in this order, closed in the opposite one. Not thread-safe. */
final class Cluster {

    private final ServerSettings settings;
    private final Ports ports;
    private int nameServerPort;
    private @Nullable NameServer nameServer;
    private final List<BrokerPair> pairs = new ArrayList<>();
    private @Nullable GrpcProxy proxy;

    Cluster(ServerSettings settings) {
        this.settings = settings;
        this.ports = new Ports(settings.dataDirectory().resolve("ports.properties"));
    }

    void start() {
        checked(() -> {
            Platform.prepare(settings.dataDirectory(), settings.dataDirectory().resolve("tmp"));
            // RocketMQ's clients set this one; a client in the application must not inherit it
            return BorrowedProperty.restoring(RemotingCommand.REMOTING_VERSION_KEY, this::startParts);
        });
    }

    private GrpcProxy startParts() throws Exception {
        // before anything else takes it
        int proxyPort = ports.single(Ports.PROXY, settings.proxyPort());
        startNameServer();
        for (int broker = 0; broker < settings.brokers(); broker++) {
            BrokerPair pair = new BrokerPair(settings, broker, ports, nameServerAddress());
            pairs.add(pair);
            pair.start();
        }
        return startProxy(proxyPort);
    }

    void stopReplica(int broker) {
        pair(broker).stopReplica();
    }

    void startReplica(int broker) {
        checked(() -> {
            pair(broker).startReplica();
            return pair(broker);
        });
    }

    void stopNameServer() {
        if (nameServer == null) {
            throw new IllegalStateException("no name server runs: it can be stopped once");
        }
        new PromptShutdown().run(Stream.of(this::closeNameServer));
    }

    /** Where it was; its brokers register at once. */
    void restartNameServer() {
        if (nameServer != null) {
            throw new IllegalStateException("the name server runs: it can be started after it was stopped");
        }
        checked(() -> {
            NameServer started = new NameServer(settings.dataDirectory(), nameServerPort);
            nameServer = started;
            started.start();
            return started;
        });
        brokers().forEach(BrokerNode::register);
    }

    void fillDisk(boolean full) {
        brokers().forEach(broker -> broker.disk().set(full));
    }

    void fillDisk(int broker, boolean full) {
        pair(broker).nodes().forEach(node -> node.disk().set(full));
    }

    private Stream<BrokerNode> brokers() {
        return pairs.stream().flatMap(BrokerPair::nodes);
    }

    private BrokerPair pair(int broker) {
        return pairs.get(broker);
    }

    void close() {
        new PromptShutdown().run(Stream.of(this::closeProxy));
        new PromptShutdown().run(brokers().map(broker -> broker));
        new PromptShutdown().run(Stream.of(this::closeNameServer));
        new PromptShutdown().run(Stream.of(() -> ForgottenExecutors.end(List.of(this))));
    }

    /** On every broker. */
    void declare(TopicSpec topic) {
        pairs.forEach(pair -> {
            int queues = new Topics(pair.master()).declare(topic);
            if (topic.isOrdered()) {
                NameServer told = Objects.requireNonNull(nameServer);
                if (settings.brokers() == 1) {
                    told.keepOrder(topic.name(), pair.master().name(), queues);
                } else {
                    told.releaseOrder(topic.name());
                }
            }
        });
    }

    /** On every broker. */
    void declare(GroupSpec group) {
        pairs.forEach(pair -> new Groups(pair.master()).declare(group));
    }

    String endpoints() {
        return Objects.requireNonNull(proxy).endpoints();
    }

    String nameServerAddress() {
        return Ports.LOOPBACK + ":" + nameServerPort;
    }

    private void startNameServer() throws Exception {
        nameServerPort = ports.single(Ports.NAME_SERVER, settings.nameServerPort());
        nameServer = new NameServer(settings.dataDirectory(), nameServerPort);
        nameServer.start();
    }

    private GrpcProxy startProxy(int port) throws Exception {
        declare(GroupSpec.OF_THE_PROXY);
        ProxyConfig config = ProxySettings.install(settings, port, nameServerAddress());
        GrpcProxy started = new GrpcProxy(config);
        proxy = started;
        started.start();
        return started;
    }

    private void closeProxy() throws Exception {
        if (proxy != null) {
            proxy.shutdown();
        }
    }

    private void closeNameServer() {
        if (nameServer != null) {
            NameServer closing = nameServer;
            nameServer = null;
            closing.shutdown();
            ForgottenExecutors.end(List.of(closing));
        }
    }

    private static void checked(Callable<?> action) {
        try {
            Objects.requireNonNull(action.call());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e.toString(), e);
        }
    }
}
