package io.reliablemq.reliability.fault;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What can be done to the system, and for how long. */
public enum FaultKind {
    PRODUCER_KILL("kill", 0, 3_000),
    CONSUMER_KILL("kill", 0, 3_000),
    BROKER_KILL("kill", 0, 3_000),
    DATABASE_KILL("kill", 0, 2_000),
    /** SIGSTOP; mostly for longer than the lease. */
    PRODUCER_PAUSE("pause", 2_000, 12_000),
    /** SIGSTOP; mostly for longer than the invisible time. */
    CONSUMER_PAUSE("pause", 8_000, 18_000),
    BROKER_PAUSE("pause", 2_000, 8_000),
    DATABASE_PAUSE("pause", 1_000, 6_000),
    /** SIGTERM in the middle of the load, and a new process. */
    PRODUCER_STOP("restart", 0, 1_000),
    CONSUMER_STOP("restart", 0, 1_000),
    /** All producers, then all consumers, one after the other. */
    ROLLING_RESTART("restart", 0, 0),
    DATABASE_READ_ONLY("database", 2_000, 6_000),
    /** The reply to a COMMIT is lost with its connection. */
    DATABASE_COMMIT_LOST("network", 0, 1_000),
    /** The connection is cut after some bytes, in one direction or the other. */
    DATABASE_CUT("network", 0, 1_000),
    /** Requests are sent and never arrive. */
    DATABASE_REQUESTS_LOST("network", 2_000, 6_000),
    DATABASE_SLOW("network", 2_000, 5_000),
    BROKER_CUT("network", 0, 1_000),
    BROKER_REQUESTS_LOST("network", 2_000, 6_000),
    /** Messages are stored and acknowledged, and nobody hears of it. */
    BROKER_REPLIES_LOST("network", 2_000, 6_000),
    BROKER_SLOW("network", 2_000, 5_000),
    /** The clock of a process jumps by half a minute to ten, and back at the end. */
    PRODUCER_CLOCK("clock", 3_000, 10_000),
    CONSUMER_CLOCK("clock", 3_000, 10_000),
    /** The broker takes its disk for full: it stores nothing. */
    BROKER_DISK("disk", 2_000, 8_000),
    /** kill -9, and a part of a message at the end of the log. */
    BROKER_TORN("torn", 0, 2_000),
    /** An orderly end of the server, and a new one. */
    DATABASE_RESTART("database-server", 0, 2_000),
    /** Something else in the process has all connections of its pool. */
    PRODUCER_POOL("pool", 2_000, 8_000),
    CONSUMER_POOL("pool", 2_000, 8_000),
    /** Nothing passes between one process and a server. */
    PRODUCER_WITHOUT_DATABASE("partition", 2_000, 8_000),
    PRODUCER_WITHOUT_BROKER("partition", 2_000, 8_000),
    CONSUMER_WITHOUT_DATABASE("partition", 2_000, 8_000),
    CONSUMER_WITHOUT_BROKER("partition", 2_000, 8_000),
    REPLICA_KILL("replica", 0, 4_000),
    REPLICA_PAUSE("replica", 2_000, 8_000),
    /** What the copies of the broker send to one another is lost. */
    REPLICA_PARTITION("replica", 2_000, 8_000),
    MASTER_KILL("master", 0, 4_000),
    /** A broker that hangs behind a proxy which answers. */
    MASTER_PAUSE("master", 2_000, 12_000),
    /** Both topics have one more queue from then on. */
    TOPIC_QUEUES("queues", 0, 0);

    private final String group;
    private final int shortestMs;
    private final int longestMs;

    FaultKind(String group, int shortestMs, int longestMs) {
        this.group = group;
        this.shortestMs = shortestMs;
        this.longestMs = longestMs;
    }

    /** As in {@code producer-kill}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Strikes in the proxy before the broker, which not every client goes through. */
    public boolean isBetweenApplicationAndBroker() {
        return (group.equals("network") && name().startsWith("BROKER")) || name().endsWith("WITHOUT_BROKER");
    }

    /** How many copies of each message the broker has to keep at least. */
    public int replicas() {
        return switch (group) {
            case "replica" -> 2;
            case "master" -> 3;
            default -> 1;
        };
    }

    /** How many it may keep at most: more than one log is torn only where it is known which copy counts. */
    public int mostReplicas() {
        return this == BROKER_TORN ? 1 : Integer.MAX_VALUE;
    }

    /** Whether it needs a library that sets the clocks of single processes. */
    public boolean setsClocks() {
        return group.equals("clock");
    }

    /** Whether it needs a network that no other process sees. */
    public boolean isInANetworkOfItsOwn() {
        return this == REPLICA_PARTITION;
    }

    /** Whether it is among all: what has come to stay, and bends a promise, is asked for by name. */
    private boolean isAmongAll() {
        return this != TOPIC_QUEUES;
    }

    int shortestMs() {
        return shortestMs;
    }

    int longestMs() {
        return longestMs;
    }

    /**
     * @param names of kinds, of groups such as kill, or all, or none
     * @throws IllegalArgumentException naming the one that is none of these
     */
    public static List<FaultKind> of(Set<String> names) {
        for (String name : names) {
            if (!name.equals("none") && Arrays.stream(values()).noneMatch(kind -> kind.isMeantBy(name))) {
                throw new IllegalArgumentException(name + " is no fault: use all, none, some of "
                        + Stream.of(values()).map(kind -> kind.group).distinct().toList() + " or some of "
                        + Stream.of(values()).map(FaultKind::text).toList());
            }
        }
        return Arrays.stream(values())
                .filter(kind -> names.stream().anyMatch(kind::isMeantBy))
                .toList();
    }

    private boolean isMeantBy(String name) {
        return (name.equals("all") && isAmongAll()) || name.equals(group) || name.equals(text());
    }
}
