package io.reliablemq.broker.embedded.server;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.rocketmq.proxy.config.ProxyConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.jspecify.annotations.Nullable;

/** Name server, master, replica and proxy: started in this order, closed in the opposite one. Not thread-safe. */
final class Cluster {

    private static final int MASTER = 0;
    private static final int REPLICA = 1;

    private final ServerSettings settings;
    private final Ports ports;
    private int nameServerPort;
    private @Nullable NameServer nameServer;
    private @Nullable BrokerNode master;
    private @Nullable BrokerNode replica;
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
        master = startBroker(MASTER);
        if (settings.replicas() > 1) {
            connectReplica();
        }
        new DurableWrite(master).awaitSuccess();
        return startProxy(proxyPort);
    }

    void stopReplica() {
        if (replica == null) {
            throw new IllegalStateException(
                    "no replica runs: there is one with replicas = 2, and it can be stopped once");
        }
        BrokerNode stopping = replica;
        replica = null;
        new PromptShutdown().run(Stream.of(stopping::shutdown));
    }

    void startReplica() {
        if (settings.replicas() < 2 || replica != null) {
            throw new IllegalStateException(
                    "the replica cannot be started: there is one with replicas = 2, and it runs until it is stopped");
        }
        checked(this::connectReplica);
        new DurableWrite(master()).awaitSuccess();
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

    private Stream<BrokerNode> brokers() {
        return Stream.of(master, replica).filter(Objects::nonNull).map(Objects::requireNonNull);
    }

    void close() {
        new PromptShutdown().run(Stream.of(this::closeProxy));
        new PromptShutdown().run(brokers().map(broker -> broker));
        new PromptShutdown().run(Stream.of(this::closeNameServer));
        new PromptShutdown().run(Stream.of(() -> ForgottenExecutors.end(List.of(this))));
    }

    Topics topics() {
        return new Topics(master());
    }

    Groups groups() {
        return new Groups(master());
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

    private BrokerNode startBroker(int brokerId) throws Exception {
        int port = ports.broker("broker-" + brokerId);
        BrokerNode node = new BrokerNode(new BrokerSettings(settings, brokerId, port, nameServerAddress(), ""));
        node.start();
        return node;
    }

    private BrokerNode connectReplica() throws Exception {
        BrokerNode started = startBroker(REPLICA);
        replica = started;
        Following following = new Following(started);
        following.start(master().address(), master().controller().getHAServerAddr());
        new Copies(master()).awaitReplica();
        following.takeOver();
        return started;
    }

    private GrpcProxy startProxy(int port) throws Exception {
        groups().declare(GroupSpec.OF_THE_PROXY);
        ProxyConfig config = ProxySettings.install(settings.dataDirectory(), port, nameServerAddress());
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

    private BrokerNode master() {
        return Objects.requireNonNull(master);
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
