package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.wire.Seat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A master, and its replica if there is to be one, in one process. Not thread-safe. */
final class BrokerPair {

    private static final int MASTER = 0;
    private static final int REPLICA = 1;

    private final ServerSettings settings;
    private final int number;
    private final Ports ports;
    private final String nameServerAddress;
    private @Nullable BrokerNode master;
    private @Nullable BrokerNode replica;

    BrokerPair(ServerSettings settings, int number, Ports ports, String nameServerAddress) {
        this.settings = settings;
        this.number = number;
        this.ports = ports;
        this.nameServerAddress = nameServerAddress;
    }

    /** Returns when it takes messages. */
    void start() throws Exception {
        master = startBroker(MASTER);
        if (settings.replicas() > 1) {
            connectReplica();
        }
        awaitWrite();
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

    void startReplica() throws Exception {
        if (settings.replicas() < 2 || replica != null) {
            throw new IllegalStateException(
                    "the replica cannot be started: there is one with replicas = 2, and it runs until it is stopped");
        }
        connectReplica();
        awaitWrite();
    }

    /** Those that run. */
    Stream<BrokerNode> nodes() {
        return Stream.of(master, replica).filter(Objects::nonNull).map(Objects::requireNonNull);
    }

    BrokerNode master() {
        return Objects.requireNonNull(master);
    }

    private void awaitWrite() {
        new DurableWrite(master()).awaitSuccess();
    }

    /** Leaves nothing of it when it cannot start. */
    private BrokerNode startBroker(int copy) throws Exception {
        Seat seat = new Seat(number, copy);
        BrokerNode node =
                new BrokerNode(new BrokerSettings(settings, seat, ports.broker(seat.name()), nameServerAddress, ""));
        try {
            node.start();
            return node;
        } catch (Exception e) {
            new PromptShutdown().run(Stream.of(node));
            ForgottenExecutors.end(List.of(node));
            throw e;
        }
    }

    private void connectReplica() throws Exception {
        BrokerNode started = startBroker(REPLICA);
        replica = started;
        Following following = new Following(started);
        following.start(master().address(), master().controller().getHAServerAddr());
        new Copies(master()).awaitReplica();
        following.takeOver();
    }
}
