package io.reliablemq.outbox.relay;

import java.util.function.IntToLongFunction;

/**
 * How many sends of one topic may be in flight. Full size as long as the broker answers; after a run of unknown outcomes, or
 * when no answers come at all, the topic is in outage: few probes at a time, further and further apart, until one is stored, then the window grows by one
 * with each stored message (so it doubles with every round trip). A broker that is too busy gets half as much after a pause, once for
 * each round trip.
 */
final class SendWindow {

    /** After so many unknown outcomes in a row, when nothing was stored for some time: with several brokers one may be away. */
    static final int OUTAGE_AFTER = 3;

    private static final long QUIET = 1_000_000_000L;
    /** And so many are no coincidence, when no more than that are without an answer. */
    private static final int OUTAGE_AT_ONCE_AFTER = 32;

    /** With that part of its size it is choked. */
    private static final int CHOKED = 8;
    /** What is stuck has one of so many parts. */
    private static final int SHARE = 4;
    /** So many are sent together: one of several brokers may be there. */
    private static final int PROBES = 4;

    private final int max;
    private final IntToLongFunction backoff;
    private int size;
    private int unknownInRow;
    private int probes;
    /** Without a moment in which all were answered. */
    private long sentTogether;

    private int busyInRow;
    private boolean everStored;
    private long lastStored;
    /** The gate is a busy broker's: it stays shut although what was sent before is being stored. */
    private boolean turnedAway;

    private long gate;
    private long outageSince;

    /** @param backoff by attempt, in nanoseconds */
    SendWindow(int max, IntToLongFunction backoff) {
        this.max = max;
        this.backoff = backoff;
        this.size = max;
    }

    boolean outage() {
        return probes > 0;
    }

    /** Next to nothing is taken: an outage, or a broker that is too busy again and again. */
    boolean choked() {
        return outage() || (size < max && size <= Math.max(1, max / CHOKED));
    }

    /** Something is, but little. */
    boolean isThrottled() {
        return choked() && !outage();
    }

    long outageSince() {
        return outageSince;
    }

    /** @return true when this ends an outage */
    boolean stored(long now) {
        boolean ended = outage();
        unknownInRow = 0;
        probes = 0;
        busyInRow = 0;
        everStored = true;
        lastStored = now;
        size = Math.min(max, size + 1);
        return ended;
    }

    /**
     * @param tells whether it counts; one message that fails again and again tells little of the topic
     * @return true when this begins an outage
     */
    boolean unknown(long now, int stillInFlight, boolean tells) {
        unknownInRow += tells ? 1 : 0;
        int enough = isQuiet(now) ? OUTAGE_AFTER : Math.max(OUTAGE_AT_ONCE_AFTER, stillInFlight);
        boolean began = !outage() && unknownInRow >= enough;
        if (began) {
            begin(now);
        } else if (outage() && stillInFlight == 0) {
            probe(now);
        }
        return began;
    }

    private boolean isQuiet(long now) {
        return !everStored || now - lastStored >= QUIET;
    }

    /**
     * Nothing is answered any more: an outage, with what is in flight for probes.
     *
     * @return true when this begins it
     */
    boolean silent(long now) {
        boolean began = !outage();
        if (began) {
            begin(now);
        }
        return began;
    }

    private void begin(long now) {
        outageSince = now;
        size = 1;
        probe(now);
    }

    private void probe(long now) {
        probes++;
        turnedAway = false;
        gate = now + backoff.applyAsLong(probes);
    }

    /**
     * The answers to what was sent before the pause began change nothing more.
     *
     * @return true when this is the first time since a message was stored
     */
    boolean busy(long now, int stillInFlight) {
        unknownInRow = 0;
        if (paused(now)) {
            return false;
        }
        busyInRow++;
        turnedAway = true;
        size = Math.max(1, Math.min(size, stillInFlight + 1) / 2);
        gate = now + backoff.applyAsLong(busyInRow);
        return busyInRow == 1;
    }

    boolean paused(long now) {
        return (outage() || turnedAway) && now - gate < 0;
    }

    int free(long now, int inFlight) {
        return paused(now) ? 0 : Math.max(0, size - inFlight);
    }

    /** Whether an outage may be probed with another one. */
    boolean mayProbe(long now, int inFlight) {
        return !paused(now) && (inFlight == 0 || sentTogether < Math.min(max, PROBES));
    }

    void sent(int inFlightBefore) {
        sentTogether = inFlightBefore == 0 ? 1 : sentTogether + 1;
    }

    /** How many of those that are stuck may be in flight. */
    int forStuck() {
        return Math.max(1, size / SHARE);
    }

    /** When to look again, while in outage or paused. */
    long gate() {
        return gate;
    }
}
