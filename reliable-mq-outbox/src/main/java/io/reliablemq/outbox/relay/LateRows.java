package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.IdRange;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RowRef;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Finds rows that appear below the cursor: committed later than higher ids, left by a writer that was about to hand them over, or
 * put back by an operator. Closely for a while, then in a slow sweep of everything, one page at a time.
 */
final class LateRows {

    private static final long SWEEP_STEP = 100_000_000L;

    private final OutboxStore store;
    private final RelaySettings settings;
    private final HeldMessages held;
    private final Intake intake;
    private final PageSize page;
    private final Circumstances circumstances;
    private long scanned;
    private long scanTook;
    private long nextSweepStep;

    LateRows(
            OutboxStore store,
            RelaySettings settings,
            HeldMessages held,
            Intake intake,
            PageSize page,
            Circumstances circumstances) {
        this.store = store;
        this.settings = settings;
        this.held = held;
        this.intake = intake;
        this.page = page;
        this.circumstances = circumstances;
        this.scanned = circumstances.nanoTime();
        this.nextSweepStep = scanned;
    }

    /**
     * Whether all lanes are to be looked at behind their cursors, whatever comes next in them. A backlog waits anyway: what was committed
     * late in it is looked for less often, and still several times before it is left to the sweep.
     */
    boolean scanDue(long now, boolean backlog) {
        long trailing = settings.trailing().toNanos();
        long pause = backlog ? trailing / 4 : Math.min(trailing / 10, 1_000_000_000L);
        return now - scanned >= Math.max(pause, 4 * scanTook);
    }

    /** Looking back takes a fifth of the reading time at most. */
    void scanned(long now, long took) {
        scanned = now;
        scanTook = took;
    }

    void sweepIfDue(long now) {
        if (now - nextSweepStep >= 0) {
            sweepNext(now);
            long after = circumstances.nanoTime();
            nextSweepStep = after + Math.max(SWEEP_STEP, 4 * (after - now));
        }
    }

    void firstSweep(Lane lane, long now) {
        lane.nextSweep = now + circumstances.jittered(settings.sweep());
    }

    /**
     * Holds what has appeared between floor and cursor.
     *
     * @param first the first references that stand there
     * @return false when there was no room for all, or when the lane must be read from its start
     */
    boolean holdAll(Lane lane, List<RowRef> first) {
        List<RowRef> refs = first;
        while (true) {
            List<RowRef> unknown = unknown(lane, refs);
            while (!unknown.isEmpty()) {
                if (held.full()) {
                    return false;
                }
                unknown = holdSome(unknown);
                if (lane.startOver) {
                    return false;
                }
            }
            if (refs.size() < Look.BEHIND) {
                return !lane.startOver;
            }
            refs = scan(lane, refs.get(refs.size() - 1).id());
        }
    }

    private List<RowRef> scan(Lane lane, long after) {
        return store.scan(Map.of(lane.number(), new IdRange(after, lane.cursor())), Look.BEHIND);
    }

    private List<RowRef> unknown(Lane lane, List<RowRef> refs) {
        return refs.stream()
                .filter(ref ->
                        !held.contains(ref.messageId()) && !held.isGone(ref.messageId()) && !lane.hasPassed(ref.id()))
                .toList();
    }

    /** @return the rest, for which there was no place in the page */
    private List<RowRef> holdSome(List<RowRef> refs) {
        int size = Math.min(page.rows(), refs.size());
        var rows = store.read(refs.subList(0, size));
        page.saw(rows);
        intake.read(rows);
        return refs.subList(size, refs.size());
    }

    private void sweepNext(long now) {
        if (!held.full()) {
            intake.lanes().values().stream()
                    .filter(lane -> !lane.draining && now - lane.nextSweep >= 0)
                    .min(Comparator.comparingLong(lane -> lane.nextSweep - now))
                    .ifPresent(lane -> sweep(lane, now));
        }
    }

    private void sweep(Lane lane, long now) {
        List<RowRef> refs = scan(lane, lane.swept);
        List<RowRef> unknown = unknown(lane, refs);
        List<RowRef> rest = unknown.isEmpty() ? unknown : holdSome(unknown);
        if (!rest.isEmpty()) {
            lane.swept = rest.get(0).id() - 1;
        } else if (refs.size() == Look.BEHIND) {
            lane.swept = refs.get(Look.BEHIND - 1).id();
        } else {
            lane.swept = 0;
            lane.nextSweep = now + circumstances.jittered(settings.sweep());
        }
    }
}
