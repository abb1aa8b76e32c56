package io.reliablemq.broker.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server side in child processes, watched: one that ends unasked is reported and started again. Safe for use by several
 * threads.
 */
final class ProcessServer implements RunningServer {

    /** Name server and proxy, with three replicas also the controller. */
    static final String FRONT = "front";

    private static final Logger LOG = LoggerFactory.getLogger(ProcessServer.class);
    private static final Duration STEP_WITHIN = Duration.ofSeconds(90);
    private static final Duration ROLE_WITHIN = Duration.ofSeconds(1);
    private static final int CONTROLLED = 3;

    private final ChildLauncher launcher;
    private final MemberProcess front = new MemberProcess(FRONT);
    private final List<MemberProcess> brokers;
    private final Map<String, String> settings = new HashMap<>();
    private final ScheduledExecutorService reviver = Executors.newSingleThreadScheduledExecutor(ProcessServer::daemon);
    /** What was taken away, under the name that it had then, the last first. */
    private final Map<String, Deque<MemberProcess>> away = new HashMap<>();

    private final boolean controlled;
    private volatile boolean started;
    private volatile boolean closed;

    ProcessServer(EmbeddedBrokerSettings settings, List<Path> classPath) {
        Path data = settings.dataDirectory();
        this.launcher = new ChildLauncher(data, classPath);
        this.controlled = settings.replicas() == CONTROLLED;
        this.brokers = IntStream.range(0, settings.replicas())
                .mapToObj(broker -> new MemberProcess("broker-" + broker))
                .toList();
    }

    @Override
    public synchronized Map<String, String> call(String command, Map<String, String> arguments, Duration within) {
        switch (command) {
            case "start" -> {
                return start(arguments);
            }
            case "createTopic", "createGroup" -> declare(command, arguments, within);
            case "kill", "stop", "pause" -> takeAway(command, arguments.getOrDefault("part", ""));
            case "resume", "restart" -> bringBack(command, arguments.getOrDefault("part", ""));
            default -> throw new IllegalArgumentException("Unknown command '" + command + "'");
        }
        return Map.of();
    }

    private Map<String, String> start(Map<String, String> arguments) {
        settings.putAll(arguments);
        members().forEach(this::run);
        settings.putAll(front.ask("choosePorts", settings, STEP_WITHIN));
        front.ask("start", settings, STEP_WITHIN);
        startBrokers();
        MemberProcess master = awaitWrite();
        master.ask("prepareForProxy", Map.of(), STEP_WITHIN);
        takeOver(master);
        front.ask("startProxy", settings, STEP_WITHIN);
        started = true;
        // what ended meanwhile was nobody's to start again
        members().forEach(this::reviveIfEnded);
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

    private void declare(String command, Map<String, String> arguments, Duration within) {
        MemberProcess master = awaitMaster();
        master.ask(command, arguments, within);
        takeOver(master);
    }

    /** A replica that becomes the master has then what was declared. */
    private void takeOver(MemberProcess master) {
        available()
                .filter(broker -> broker != master)
                .forEach(broker -> tried(() -> broker.ask("takeOver", Map.of(), STEP_WITHIN)));
    }

    private void takeAway(String how, String part) {
        MemberProcess member = named(part);
        if (isAway(member)) {
            throw new EmbeddedBrokerException("'%s' is away already: bring it back first".formatted(part));
        }
        switch (how) {
            case "kill" -> member.kill();
            case "stop" -> member.close();
            default -> member.pause();
        }
        away.computeIfAbsent(part, name -> new ArrayDeque<>()).push(member);
    }

    private boolean isAway(MemberProcess member) {
        return away.values().stream().anyMatch(members -> members.contains(member));
    }

    private MemberProcess named(String part) {
        if (part.equals("name_server_and_proxy")) {
            return front;
        }
        MemberProcess master = awaitMaster();
        if (part.equals("master")) {
            return master;
        }
        return available()
                .filter(broker -> broker != master)
                .findFirst()
                .orElseThrow(() -> new EmbeddedBrokerException("No replica runs: there is one with replicas = 2 or 3"));
    }

    private void bringBack(String how, String part) {
        Deque<MemberProcess> members = away.getOrDefault(part, new ArrayDeque<>());
        MemberProcess member = members.peek();
        if (member == null) {
            throw new EmbeddedBrokerException("'%s' is not away".formatted(part));
        }
        if (how.equals("resume")) {
            member.resume();
        } else {
            member.kill();
            run(member);
            bringUp(member);
            awaitWrite();
        }
        members.pop();
    }

    /** Has a new process do what the one before it did. */
    private void bringUp(MemberProcess member) {
        if (member == front) {
            front.ask("start", settings, STEP_WITHIN);
            // before the proxy asks: by themselves within 10 s
            Together.run(available()
                    .<Runnable>map(broker -> () -> tried(() -> broker.ask("register", Map.of(), STEP_WITHIN)))
                    .toList());
            front.ask("startProxy", settings, STEP_WITHIN);
            return;
        }
        startBroker(member);
        if (!controlled && available().count() > 1) {
            connectReplica();
        }
    }

    /** Answers the master that has stored a message on as many copies as promised. */
    private MemberProcess awaitWrite() {
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

    private MemberProcess awaitMaster() {
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

    @SuppressWarnings("FutureReturnValueIgnored") // it reports what fails
    private void run(MemberProcess member) {
        Child child = member.run(launcher);
        child.ended().thenRun(() -> ended(member, child));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it reports what fails
    private void ended(MemberProcess member, Child child) {
        if (!started || closed || !member.isWanted(child)) {
            return;
        }
        Duration pause = member.pauseBeforeStart();
        LOG.error(
                "'{}' of the embedded broker (process {}) has ended by itself and is started again in {} ms: {}",
                member.name(),
                child.pid(),
                pause.toMillis(),
                child.end());
        try {
            reviver.schedule(() -> revive(member, child), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // closed meanwhile
        }
    }

    private synchronized void revive(MemberProcess member, Child dead) {
        if (closed || !member.isWanted(dead)) {
            return;
        }
        try {
            run(member);
            bringUp(member);
            LOG.info("'{}' of the embedded broker runs again", member.name());
        } catch (RuntimeException e) {
            LOG.error("'{}' of the embedded broker could not be started again", member.name(), e);
            if (member.isWanted(dead)) {
                // there is no process
                ended(member, dead);
            } else {
                // its end starts it again, later
                member.killForNextStart();
            }
        }
    }

    private void reviveIfEnded(MemberProcess member) {
        Child child = member.child();
        if (child != null && !child.isAlive()) {
            ended(member, child);
        }
    }

    @Override
    public void close() {
        closed = true;
        reviver.shutdownNow();
        closeMembers();
    }

    private synchronized void closeMembers() {
        // one that is paused answers nothing
        away.values().forEach(members -> members.forEach(MemberProcess::kill));
        if (front.isRunning()) {
            tried(() -> front.ask("closeProxy", Map.of(), STEP_WITHIN));
        }
        Together.run(brokers.stream().<Runnable>map(broker -> broker::close).toList());
        front.close();
    }

    private Stream<MemberProcess> members() {
        return Stream.concat(Stream.of(front), brokers.stream());
    }

    /** Brokers that answer. */
    private Stream<MemberProcess> available() {
        return brokers.stream().filter(broker -> broker.isRunning() && !broker.isPaused());
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

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "embedded-rocketmq-reviver");
        thread.setDaemon(true);
        return thread;
    }
}
