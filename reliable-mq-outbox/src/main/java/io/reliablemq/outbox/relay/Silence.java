package io.reliablemq.outbox.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds topics whose answers do not come, and that take places and memory from others meanwhile. It counts its own looks and not the time: a process that was paused would take the
 * pause for silence.
 */
final class Silence {

    /** The loop turns more often than that. */
    private static final long EVERY = Duration.ofMillis(180).toNanos();

    private static final int LOOKS = 11;
    private static final String NO_ANSWER = "no answer to any send for two seconds";

    private final HeldMessages held;
    private final Outages outages;
    private long lastLook = System.nanoTime();

    Silence(HeldMessages held, Outages outages) {
        this.held = held;
        this.outages = outages;
    }

    /** After the answers have been taken that have come. */
    void lookIfDue(long now) {
        if (now - lastLook < EVERY) {
            return;
        }
        lastLook = now;
        for (TopicFlow flow : held.flows()) {
            if (flow.silentLooks() >= LOOKS && held.isLarge(flow)) {
                outages.silent(flow, now, NO_ANSWER);
            }
        }
    }
}
