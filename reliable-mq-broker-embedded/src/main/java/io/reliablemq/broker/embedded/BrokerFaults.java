package io.reliablemq.broker.embedded;

import io.reliablemq.broker.embedded.network.Direction;
import io.reliablemq.broker.embedded.network.Interference;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes parts of an embedded broker away and brings them back, for tests of applications. What was taken away stays away until it
 * is brought back, of two replicas the last one first.
 *
 * <p>With {@link BrokerMode#PROCESSES} every call works for every part; pausing needs a system that has the {@code kill}
 * command. With {@link BrokerMode#IN_PROCESS} only {@link #stop} and {@link #restart} of the {@link BrokerPart#REPLICA} and of the
 * {@link BrokerPart#NAME_SERVER} do, and what concerns disk and network.
 * All calls throw {@link EmbeddedBrokerException} if there is no such part, or it cannot be done in this mode.
 */
public final class BrokerFaults {

    private static final Duration WITHIN = Duration.ofMinutes(3);

    private final RunningServer server;
    private final Network network;
    private final int brokers;
    private final @Nullable Integer broker;

    BrokerFaults(RunningServer server, Network network, int brokers) {
        this(server, network, brokers, null);
    }

    private BrokerFaults(RunningServer server, Network network, int brokers, @Nullable Integer broker) {
        this.server = server;
        this.network = network;
        this.brokers = brokers;
        this.broker = broker;
    }

    /**
     * The same faults for one of several brokers, the first of which is 0: its master and its replica, its disk. Without it parts are those of the
     * first one, and disks those of all. Name server, proxy and network belong to all of them.
     *
     * @throws IllegalArgumentException if there is no such broker
     */
    public BrokerFaults ofBroker(int number) {
        if (number < 0 || number >= brokers) {
            throw new IllegalArgumentException(
                    "There is no broker %d: with brokers = %d use 0 to %d".formatted(number, brokers, brokers - 1));
        }
        return new BrokerFaults(server, network, brokers, number);
    }

    /** Kills the part's process, as {@code kill -9} does. */
    public void kill(BrokerPart part) {
        call("kill", part);
    }

    /** Shuts the part down in order. With two replicas every send fails at once from then on, and is not stored. */
    public void stop(BrokerPart part) {
        call("stop", part);
    }

    /** Stops the part's process where it is, as {@code kill -STOP} does: its connections stay, and it answers nothing. */
    public void pause(BrokerPart part) {
        call("pause", part);
    }

    /** Lets go on what was paused under this name; it may have another role now. */
    public void resume(BrokerPart part) {
        call("resume", part);
    }

    /** Starts again what was killed or stopped under this name, and returns when messages are taken. */
    public void restart(BrokerPart part) {
        call("restart", part);
    }

    /**
     * Every broker that runs, or the one that these faults are about, takes its disk for fuller than the limit from now on: sends fail and nothing is stored, receiving goes on until it
     * has something to store. No disk is filled. A broker that is started later has room.
     */
    public void fillDisk() {
        server.call("fillDisk", disks(), WITHIN);
    }

    /** Ends {@link #fillDisk}. */
    public void freeDisk() {
        server.call("freeDisk", disks(), WITHIN);
    }

    /**
     * The address for clients whose connection shall be broken by the calls below; the same each time. Others, at
     * {@link EmbeddedBroker#endpoints}, notice nothing.
     */
    public String endpoints() {
        return network.endpoints();
    }

    /**
     * From now on nothing that the broker answers arrives at those clients: what they send is stored, and they do not learn of it. Replaces
     * {@link #delay}.
     */
    public void dropReplies() {
        network.interfere(Interference.swallow(Direction.TO_CLIENT));
    }

    /** From now on everything arrives that much later at those clients, and at the broker. Replaces {@link #dropReplies}. */
    public void delay(Duration time) {
        network.interfere(Interference.delay(time.toMillis()));
    }

    /** Ends {@link #dropReplies} and {@link #delay}. Connections from which something was withheld are cut; clients connect again. */
    public void healNetwork() {
        network.heal();
    }

    private Map<String, String> disks() {
        return broker == null ? Map.of() : Map.of("broker", String.valueOf(broker));
    }

    private void call(String fault, BrokerPart part) {
        server.call(
                fault,
                Map.of(
                        "part", part.name().toLowerCase(Locale.ROOT),
                        "broker", String.valueOf(broker == null ? 0 : broker)),
                WITHIN);
    }
}
