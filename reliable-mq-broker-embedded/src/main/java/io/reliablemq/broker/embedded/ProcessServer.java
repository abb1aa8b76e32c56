package io.reliablemq.broker.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The server side in child processes: what is asked of it from outside. Safe for use by several threads. */
final class ProcessServer implements RunningServer {

    private final Topology topology;
    private final Supervisor supervisor;
    /** What was taken away, under the name that it had then, the last first. */
    private final Map<Part, Deque<MemberProcess>> away = new HashMap<>();

    ProcessServer(EmbeddedBrokerSettings settings, List<Path> classPath) {
        this.topology = new Topology(settings.seats());
        this.supervisor =
                new Supervisor(new ChildLauncher(settings.dataDirectory(), classPath), this, topology::bringUp);
    }

    @Override
    public synchronized Map<String, String> call(String command, Map<String, String> arguments, Duration within) {
        switch (command) {
            case "start" -> {
                return start(arguments);
            }
            case "createTopic", "createGroup" -> topology.declare(command, arguments, within);
            case "kill", "stop", "pause", "resume", "restart" -> change(command, Part.from(arguments));
            case "fillDisk", "freeDisk" -> changeDisk(command, arguments);
            default -> throw new IllegalArgumentException("Unknown command '" + command + "'");
        }
        return Map.of();
    }

    private Map<String, String> start(Map<String, String> arguments) {
        topology.members().forEach(supervisor::run);
        Map<String, String> addresses = topology.start(arguments);
        // what ended meanwhile was nobody's to start again
        supervisor.begin(topology.members());
        return addresses;
    }

    private void changeDisk(String command, Map<String, String> arguments) {
        String broker = arguments.get("broker");
        if (broker == null) {
            topology.tellBrokers(command);
        } else {
            topology.tellBroker(Integer.parseInt(broker), command);
        }
    }

    private void change(String how, Part part) {
        if (part.name().equals("name_server")) {
            changeNameServer(how);
        } else if (how.equals("resume") || how.equals("restart")) {
            bringBack(how, part);
        } else {
            takeAway(how, part);
        }
    }

    private void changeNameServer(String how) {
        switch (how) {
            case "stop" -> topology.stopNameServer();
            case "restart" -> topology.restartNameServer();
            default ->
                throw new EmbeddedBrokerException(
                        "The name server has no process of its own, so it cannot be taken away by '%s': use stop and restart"
                                .formatted(how));
        }
    }

    private void takeAway(String how, Part part) {
        MemberProcess member = named(part);
        if (isAway(member)) {
            throw new EmbeddedBrokerException("'%s' is away already: bring it back first".formatted(part.name()));
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

    private MemberProcess named(Part part) {
        if (part.name().equals("name_server_and_proxy")) {
            return topology.front();
        }
        BrokerGroup broker = topology.broker(part.broker());
        MemberProcess master = broker.awaitMaster();
        if (part.name().equals("master")) {
            return master;
        }
        return broker.replicasOf(master)
                .findFirst()
                .orElseThrow(() -> new EmbeddedBrokerException("No replica runs: there is one with replicas = 2 or 3"));
    }

    private void bringBack(String how, Part part) {
        Deque<MemberProcess> members = away.getOrDefault(part, new ArrayDeque<>());
        MemberProcess member = members.peek();
        if (member == null) {
            throw new EmbeddedBrokerException("'%s' is not away".formatted(part.name()));
        }
        if (how.equals("resume")) {
            member.resume();
        } else {
            member.kill();
            supervisor.run(member);
            topology.bringUp(member);
            topology.awaitWrite(member);
        }
        members.pop();
    }

    @Override
    public void close() {
        supervisor.end();
        closeMembers();
    }

    private synchronized void closeMembers() {
        // one that is paused answers nothing
        away.values().forEach(members -> members.forEach(MemberProcess::kill));
        topology.close();
    }

    /** What faults are about. */
    private record Part(String name, int broker) {

        static Part from(Map<String, String> arguments) {
            return new Part(
                    arguments.getOrDefault("part", ""), Integer.parseInt(arguments.getOrDefault("broker", "0")));
        }
    }
}
