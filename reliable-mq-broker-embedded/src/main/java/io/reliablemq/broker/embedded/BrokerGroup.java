package io.reliablemq.broker.embedded;

import io.reliablemq.broker.embedded.wire.Seat;
import io.reliablemq.broker.embedded.wire.Seats;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One broker with its copies, each in a process of its own, and who of them is the master. Used by one thread at a time. */
final class BrokerGroup {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerGroup.class);
    private static final Duration STEP_WITHIN = Topology.STEP_WITHIN;
    private static final Duration ROLE_WITHIN = Duration.ofSeconds(1);
    private static final int CONTROLLED = 3;

    private final int number;
    private final List<MemberProcess> copies;
    private final boolean controlled;

    BrokerGroup(Seats seats, int number) {
        this.number = number;
        this.copies = seats.of(number).map(Seat::name).map(MemberProcess::new).toList();
        this.controlled = seats.replicas() == CONTROLLED;
    }

    Stream<MemberProcess> members() {
        return copies.stream();
    }

    boolean has(MemberProcess member) {
        return copies.contains(member);
    }

    void start(Map<String, String> settings) {
        Together.run(copies.stream()
                .<Runnable>map(copy -> () -> start(copy, settings))
                .toList());
        if (!controlled && copies.size() > 1) {
            connectReplica(settings);
        }
    }

    /** Has a new process do what the one before it did. */
    void bringUp(MemberProcess copy, Map<String, String> settings) {
        start(copy, settings);
        if (!controlled && available().count() > 1) {
            connectReplica(settings);
        }
    }

    private void start(MemberProcess copy, Map<String, String> settings) {
        Map<String, String> arguments = new HashMap<>(settings);
        arguments.put("broker", String.valueOf(number));
        arguments.put("copy", String.valueOf(copies.indexOf(copy)));
        arguments.put("port", settings.get(copy.name()));
        copy.ask("start", arguments, STEP_WITHIN);
    }

    private void connectReplica(Map<String, String> settings) {
        MemberProcess master = copies.get(0);
        MemberProcess replica = copies.get(1);
        int port = Integer.parseInt(settings.getOrDefault(master.name(), "0"));
        replica.ask(
                "follow", Map.of("master", "127.0.0.1:" + port, "replication", "127.0.0.1:" + (port + 1)), STEP_WITHIN);
        master.ask("awaitReplica", Map.of(), STEP_WITHIN);
        replica.ask("takeOver", Map.of(), STEP_WITHIN);
    }

    /** Whether somebody could be asked to store what is declared. */
    boolean isServed() {
        return controlled || (copies.get(0).isRunning() && !copies.get(0).isPaused());
    }

    Map<String, String> declare(String command, Map<String, String> arguments, Duration within) {
        MemberProcess master = awaitMaster();
        Map<String, String> answer = master.ask(command, arguments, within);
        // a replica that becomes the master has then what was declared
        replicasOf(master).forEach(replica -> tried(() -> replica.ask("takeOver", Map.of(), STEP_WITHIN)));
        return answer;
    }

    /** Those that answer. */
    Stream<MemberProcess> replicasOf(MemberProcess master) {
        return available().filter(copy -> copy != master);
    }

    Stream<MemberProcess> available() {
        return copies.stream().filter(copy -> copy.isRunning() && !copy.isPaused());
    }

    /** Returns when the master has stored a message on as many copies as promised. */
    void awaitWrite() {
        long deadline = System.nanoTime() + STEP_WITHIN.toNanos();
        while (true) {
            MemberProcess master = awaitMaster();
            try {
                master.ask("awaitWrite", Map.of(), STEP_WITHIN);
                return;
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
            return copies.get(0);
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
        available().forEach(copy -> {
            int epoch = epochAsMaster(copy);
            if (epoch >= 0) {
                masters.put(copy, epoch);
            }
        });
        return masters.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }

    private static int epochAsMaster(MemberProcess copy) {
        try {
            Map<String, String> role = copy.ask("role", Map.of(), ROLE_WITHIN);
            return Boolean.parseBoolean(role.get("master")) ? Integer.parseInt(role.getOrDefault("epoch", "0")) : -1;
        } catch (EmbeddedBrokerException e) {
            return -1;
        }
    }

    static void tried(Runnable step) {
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
