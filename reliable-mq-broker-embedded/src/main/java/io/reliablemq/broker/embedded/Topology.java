package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which members there are, who of them is the master, and what each has to be told, and when. Used by one thread at a time. */
final class Topology {

    /** Name server and proxy, with three replicas also the controller. */
    static final String FRONT = "front";

    private static final Logger LOG = LoggerFactory.getLogger(Topology.class);
    private static final Duration STEP_WITHIN = Duration.ofMinutes(2);
    private static final Duration ROLE_WITHIN = Duration.ofSeconds(1);
    private static final int CONTROLLED = 3;

    private final MemberProcess front = new MemberProcess(FRONT);
    private final List<MemberProcess> brokers;
    private final boolean controlled;
    private final Map<String, String> settings = new HashMap<>();

    Topology(int replicas) {
        this.controlled = replicas == CONTROLLED;
        this.brokers = IntStream.range(0, replicas)
                .mapToObj(broker -> new MemberProcess("broker-" + broker))
                .toList();
    }

    Stream<MemberProcess> members() {
        return Stream.concat(Stream.of(front), brokers.stream());
    }

    MemberProcess front() {
        return front;
    }

    /** Has new processes become one broker; returns when messages are taken. */
    Map<String, String> start(Map<String, String> arguments) {
        settings.putAll(arguments);
        settings.putAll(front.ask("choosePorts", settings, STEP_WITHIN));
        front.ask("start", settings, STEP_WITHIN);
        startBrokers();
        MemberProcess master = awaitWrite();
        master.ask("prepareForProxy", Map.of(), STEP_WITHIN);
        takeOver(master);
        front.ask("startProxy", settings, STEP_WITHIN);
        return Map.of("endpoints", address("proxyPort"), "nameServer", address("nameServerPort"));
    }

    private void startBrokers() {
        Together.run(brokers.stream()
                .<Runnable>map(broker -> () -> startBroker(broker))
                .toList());
        if (!controlled && brokers.size() > 1) {
            connectReplica();
        }
    }

    private void startBroker(MemberProcess broker) {
        Map<String, String> arguments = new HashMap<>(settings);
        arguments.put("broker", String.valueOf(brokers.indexOf(broker)));
        arguments.put("port", settings.get(broker.name()));
        broker.ask("start", arguments, STEP_WITHIN);
    }

    private void connectReplica() {
        MemberProcess master = brokers.get(0);
        MemberProcess replica = brokers.get(1);
        int port = Integer.parseInt(settings.getOrDefault(master.name(), "0"));
        replica.ask(
                "follow", Map.of("master", "127.0.0.1:" + port, "replication", "127.0.0.1:" + (port + 1)), STEP_WITHIN);
        master.ask("awaitReplica", Map.of(), STEP_WITHIN);
        replica.ask("takeOver", Map.of(), STEP_WITHIN);
    }

    /** Has a new process do what the one before it did. */
    void bringUp(MemberProcess member) {
        if (member == front) {
            bringUpFront();
            return;
        }
        startBroker(member);
        if (!controlled && available().count() > 1) {
            connectReplica();
        }
    }

    private void bringUpFront() {
        front.ask("start", settings, STEP_WITHIN);
        // before the proxy asks: by themselves within 10 s
        register();
        front.ask("startProxy", settings, STEP_WITHIN);
    }

    void stopNameServer() {
        front.ask("stopNameServer", Map.of(), STEP_WITHIN);
    }

    void restartNameServer() {
        front.ask("startNameServer", settings, STEP_WITHIN);
        register();
    }

    private void register() {
        Together.run(available()
                .<Runnable>map(broker -> () -> tried(() -> broker.ask("register", Map.of(), STEP_WITHIN)))
                .toList());
    }

    /** Those that run; one that is started later knows nothing of it. */
    void tellBrokers(String command) {
        available().forEach(broker -> broker.ask(command, Map.of(), STEP_WITHIN));
    }

    void declare(String command, Map<String, String> arguments, Duration within) {
        MemberProcess master = awaitMaster();
        master.ask(command, arguments, within);
        takeOver(master);
    }

    /** A replica that becomes the master has then what was declared. */
    private void takeOver(MemberProcess master) {
        replicasOf(master).forEach(broker -> tried(() -> broker.ask("takeOver", Map.of(), STEP_WITHIN)));
    }

    /** Those that answer. */
    Stream<MemberProcess> replicasOf(MemberProcess master) {
        return available().filter(broker -> broker != master);
    }

    /** Answers the master that has stored a message on as many copies as promised. */
    MemberProcess awaitWrite() {
        long deadline = System.nanoTime() + STEP_WITHIN.toNanos();
        while (true) {
            MemberProcess master = awaitMaster();
            try {
                master.ask("awaitWrite", Map.of(), STEP_WITHIN);
                return master;
            } catch (EmbeddedBrokerException e) {
                // another one may have been elected
                if (!controlled || System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    MemberProcess awaitMaster() {
        if (!controlled) {
            return brokers.get(0);
        }
        long deadline = System.nanoTime() + STEP_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<MemberProcess> master = master();
            if (master.isPresent()) {
                return master.get();
            }
            sleep();
        }
        throw new EmbeddedBrokerException(
                "No master was elected within %d s: look for rocketmq.* in the log".formatted(STEP_WITHIN.toSeconds()));
    }

    /** The last one elected: one that was stopped and goes on may not know yet that it is none any more. */
    private Optional<MemberProcess> master() {
        Map<MemberProcess, Integer> masters = new HashMap<>();
        available().forEach(broker -> {
            int epoch = epochAsMaster(broker);
            if (epoch >= 0) {
                masters.put(broker, epoch);
            }
        });
        return masters.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }

    private static int epochAsMaster(MemberProcess broker) {
        try {
            Map<String, String> role = broker.ask("role", Map.of(), ROLE_WITHIN);
            return Boolean.parseBoolean(role.get("master")) ? Integer.parseInt(role.getOrDefault("epoch", "0")) : -1;
        } catch (EmbeddedBrokerException e) {
            return -1;
        }
    }

    private Stream<MemberProcess> available() {
        return brokers.stream().filter(broker -> broker.isRunning() && !broker.isPaused());
    }

    /** In order; none is started again. */
    void close() {
        if (front.isRunning()) {
            tried(() -> front.ask("closeProxy", Map.of(), STEP_WITHIN));
        }
        Together.run(brokers.stream().<Runnable>map(broker -> broker::close).toList());
        front.close();
    }

    private String address(String port) {
        return "127.0.0.1:" + settings.get(port);
    }

    private static void tried(Runnable step) {
        try {
            step.run();
        } catch (EmbeddedBrokerException e) {
            LOG.warn("A step of the embedded broker was left out: {}", e.getMessage());
        }
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedBrokerException("Interrupted while waiting for a master", e);
        }
    }
}
