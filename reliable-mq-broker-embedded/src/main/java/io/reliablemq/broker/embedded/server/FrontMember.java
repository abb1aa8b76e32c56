package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.server.logging.BrokerLogProvider;
import io.reliablemq.broker.embedded.wire.Seat;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Name server and gRPC proxy, with three replicas also the controller. */
final class FrontMember implements Member {

    private final Path temporaryDirectory;
    private @Nullable NameServer nameServer;
    private @Nullable ElectionController controller;
    private @Nullable GrpcProxy proxy;

    FrontMember(Path temporaryDirectory) {
        this.temporaryDirectory = temporaryDirectory;
    }

    @Override
    public Map<String, String> apply(String command, Map<String, String> arguments) throws Exception {
        switch (command) {
            case "choosePorts" -> {
                return choosePorts(ServerSettings.from(arguments));
            }
            case "start" -> start(ServerSettings.from(arguments), Arguments.number(arguments, "controllerPort"));
            case "startProxy" -> startProxy(ServerSettings.from(arguments));
            case "keepOrder" -> keepOrder(TopicSpec.from(arguments), Arguments.text(arguments, "broker"));
            case "releaseOrder" -> Objects.requireNonNull(nameServer).releaseOrder(Arguments.text(arguments, "name"));
            case "stopNameServer" -> new PromptShutdown().run(Stream.of(this::closeNameServer));
            case "startNameServer" -> startNameServer(ServerSettings.from(arguments));
            case "closeProxy" -> {
                // what comes now is about brokers that leave
                BrokerLogProvider.closing();
                new PromptShutdown().run(Stream.of(this::closeProxy));
            }
            default -> throw new IllegalArgumentException("Unknown command '" + command + "'");
        }
        return Map.of();
    }

    /** Those of all members: so none takes another's. */
    private static Map<String, String> choosePorts(ServerSettings settings) {
        Ports ports = new Ports(settings.dataDirectory().resolve("ports.properties"));
        Map<String, String> chosen = new HashMap<>();
        chosen.put("proxyPort", String.valueOf(ports.single(Ports.PROXY, settings.proxyPort())));
        chosen.put("nameServerPort", String.valueOf(ports.single(Ports.NAME_SERVER, settings.nameServerPort())));
        chosen.put("controllerPort", settings.isControlled() ? String.valueOf(ports.single("controllerPort", 0)) : "0");
        settings.seats().all().map(Seat::name).forEach(name -> chosen.put(name, String.valueOf(ports.broker(name))));
        return chosen;
    }

    private void start(ServerSettings settings, int controllerPort) throws Exception {
        Platform.prepare(settings.dataDirectory(), temporaryDirectory);
        startNameServer(settings);
        if (settings.isControlled()) {
            controller = new ElectionController(settings.dataDirectory(), controllerPort);
            controller.start();
        }
    }

    private void startNameServer(ServerSettings settings) throws Exception {
        NameServer started = new NameServer(settings.dataDirectory(), settings.nameServerPort());
        nameServer = started;
        started.start();
    }

    private void keepOrder(TopicSpec topic, String onlyBroker) {
        if (topic.isOrdered()) {
            Objects.requireNonNull(nameServer).keepOrder(topic.name(), onlyBroker, topic.queues());
        }
    }

    private void startProxy(ServerSettings settings) throws Exception {
        GrpcProxy started = new GrpcProxy(ProxySettings.install(
                settings, settings.proxyPort(), Ports.LOOPBACK + ":" + settings.nameServerPort()));
        proxy = started;
        started.start();
    }

    @Override
    public void close() {
        new PromptShutdown().run(Stream.of(this::closeProxy));
        new PromptShutdown().run(Stream.of(this::closeController, this::closeNameServer));
    }

    private void closeProxy() throws Exception {
        if (proxy != null) {
            GrpcProxy closing = proxy;
            proxy = null;
            closing.shutdown();
        }
    }

    private void closeController() {
        if (controller != null) {
            controller.shutdown();
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
}
