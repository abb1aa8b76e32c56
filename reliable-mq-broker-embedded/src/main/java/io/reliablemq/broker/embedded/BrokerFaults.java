package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Takes parts of an embedded broker away and brings them back, for tests of applications. What was taken away stays away until it
 * is brought back, of two replicas the last one first.
 *
 * <p>With {@link BrokerMode#PROCESSES} every call works for every part; pausing needs a system that has the {@code kill}
 * command. With {@link BrokerMode#IN_PROCESS} only {@link #stop} and {@link #restart} of the {@link BrokerPart#REPLICA} do.
 * All calls throw {@link EmbeddedBrokerException} if there is no such part, or it cannot be done in this mode.
 */
public final class BrokerFaults {

    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final RunningServer server;

    BrokerFaults(RunningServer server) {
        this.server = server;
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

    private void call(String fault, BrokerPart part) {
        server.call(fault, Map.of("part", part.name().toLowerCase(Locale.ROOT)), WITHIN);
    }
}
