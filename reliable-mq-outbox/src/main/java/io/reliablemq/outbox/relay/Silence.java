package io.reliablemq.outbox.relay;

import java.time.Duration;
import java.util.List;

/**
 * Finds topics whose answers do not come, and that take places and memory from others meanwhile. It counts its own looks and not
 * the time: a process that was paused would take the pause for silence. And finds single sends whose answer is overdue.
 */
final class Silence {

    /** Less than the longest wait of the loop, so that each turn of an idle loop is a look. */
    private static final long EVERY = Duration.ofMillis(180).toNanos();

    private static final int LOOKS = 11;
    private static final String NO_ANSWER = "no answer to any send for two seconds";

    private final HeldMessages held;
    private final Outages outages;
    private final Duration patience;
    private long lastLook;

    /**
     * @param patience with one send; a broken sender does not keep its promise
     * @param now when it begins to look
     */
    Silence(HeldMessages held, Outages outages, Duration patience, long now) {
        this.held = held;
        this.outages = outages;
        this.patience = patience;
        this.lastLook = now;
    }

    Duration patience() {
        return patience;
    }

    /**
     * After the answers have been taken that have come.
     *
     * @return sends whose answers are not to be waited for any longer
     */
    List<HeldMessage> lookIfDue(long now) {
        if (now - lastLook < EVERY) {
            return List.of();
        }
        lastLook = now;
        for (TopicFlow flow : held.flows()) {
            if (flow.silentLooks() >= LOOKS && held.isLarge(flow)) {
                outages.silent(flow, now, NO_ANSWER);
            }
        }
        return held.inFlightSince(now - patience.toNanos());
    }
}
