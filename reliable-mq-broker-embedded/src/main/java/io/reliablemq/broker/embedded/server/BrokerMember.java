package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.wire.Seat;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.rocketmq.broker.controller.ReplicasManager;
import org.apache.rocketmq.store.config.BrokerRole;
import org.jspecify.annotations.Nullable;

/** One broker. */
final class BrokerMember implements Member {

    private final Path temporaryDirectory;
    private @Nullable BrokerNode node;

    BrokerMember(Path temporaryDirectory) {
        this.temporaryDirectory = temporaryDirectory;
    }

    @Override
    public Map<String, String> apply(String command, Map<String, String> arguments) throws Exception {
        switch (command) {
            case "start" -> start(arguments);
            case "follow" ->
                new Following(node())
                        .start(Arguments.text(arguments, "master"), Arguments.text(arguments, "replication"));
            case "awaitReplica" -> new Copies(node()).awaitReplica();
            case "takeOver" -> new Following(node()).takeOver();
            case "awaitWrite" -> new DurableWrite(node()).awaitSuccess();
            case "register" -> node().register();
            case "fillDisk" -> node().disk().set(true);
            case "freeDisk" -> node().disk().set(false);
            case "createTopic" -> {
                int queues = new Topics(node()).declare(TopicSpec.from(arguments));
                return Map.of("broker", node().name(), "queues", String.valueOf(queues));
            }
            case "createGroup" -> new Groups(node()).declare(GroupSpec.from(arguments));
            case "prepareForProxy" -> new Groups(node()).declare(GroupSpec.OF_THE_PROXY);
            case "role" -> {
                return role();
            }
            default -> throw new IllegalArgumentException("Unknown command '" + command + "'");
        }
        return Map.of();
    }

    private void start(Map<String, String> arguments) throws Exception {
        ServerSettings settings = ServerSettings.from(arguments);
        Platform.prepare(settings.dataDirectory(), temporaryDirectory);
        BrokerNode started = new BrokerNode(new BrokerSettings(
                settings,
                new Seat(Arguments.number(arguments, "broker"), Arguments.number(arguments, "copy")),
                Arguments.number(arguments, "port"),
                Ports.LOOPBACK + ":" + settings.nameServerPort(),
                Ports.LOOPBACK + ":" + Arguments.number(arguments, "controllerPort")));
        node = started;
        started.start();
        if (settings.isControlled()) {
            new ElectedMaster(started).follow();
        }
    }

    private Map<String, String> role() {
        boolean master = node().store().getMessageStoreConfig().getBrokerRole() != BrokerRole.SLAVE;
        ReplicasManager replicas = node().controller().getReplicasManager();
        int epoch = replicas == null ? 0 : replicas.getMasterEpoch();
        return Map.of("master", String.valueOf(master), "epoch", String.valueOf(epoch));
    }

    @Override
    public void close() {
        if (node != null) {
            new PromptShutdown().run(Stream.of(node));
        }
    }

    private BrokerNode node() {
        if (node == null) {
            throw new IllegalStateException("this process runs no broker yet");
        }
        return node;
    }
}
