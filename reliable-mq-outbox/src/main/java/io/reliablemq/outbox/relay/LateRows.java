package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.IdRange;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RowRef;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * Finds rows that appear below the cursor: committed later than higher ids, left by a writer that was about to hand them over, or
 * put back by an operator. Closely for a while, then in a slow sweep of everything, one page at a time.
 */
final class LateRows {

    private static final int SCAN_PAGE = 2000;
    private static final long SWEEP_STEP = 100_000_000L;

    private final OutboxStore store;
    private final RelaySettings settings;
    private final HeldMessages held;
    private final Intake intake;
    private final PageSize page;
    private long nextScan = System.nanoTime();
    private long nextSweepStep = nextScan;

    LateRows(OutboxStore store, RelaySettings settings, HeldMessages held, Intake intake, PageSize page) {
        this.store = store;
        this.settings = settings;
        this.held = held;
        this.intake = intake;
        this.page = page;
    }

    /** Looks behind the cursors when that is due. */
    void look(long now) {
        if (now - nextScan >= 0) {
            catchUp(
                    intake.lanes().values().stream()
                            .filter(lane -> !lane.draining)
                            .toList(),
                    now);
            nextScan = pause(now, Math.min(settings.trailing().toNanos() / 10, 1_000_000_000L));
        }
        if (now - nextSweepStep >= 0) {
            sweepNext(now);
            nextSweepStep = pause(now, SWEEP_STEP);
        }
    }

    void firstSweep(Lane lane, long now) {
        lane.nextSweep = now + jittered(settings.sweep().toNanos());
    }

    /** Looking back takes a fifth of the loop's time at most. */
    private static long pause(long began, long atLeast) {
        long now = System.nanoTime();
        return now + Math.max(atLeast, 4 * (now - began));
    }

    /**
     * Holds what has appeared between floor and cursor, with one look at the table for all lanes.
     *
     * @return the lanes for which there was no room for all, or which must be read from their start
     */
    Set<Lane> catchUp(Collection<Lane> lanes, long now) {
        Map<Integer, IdRange> ranges = new HashMap<>();
        for (Lane lane : lanes) {
            if (lane.floor(now) < lane.cursor()) {
                ranges.put(lane.number(), new IdRange(lane.floor(now), lane.cursor()));
            }
        }
        if (ranges.isEmpty()) {
            return lanes.stream().filter(lane -> lane.startOver).collect(Collectors.toSet());
        }
        Map<Integer, List<RowRef>> found =
                store.scan(ranges, SCAN_PAGE).stream().collect(Collectors.groupingBy(RowRef::lane));
        return lanes.stream()
                .filter(lane -> !holdAll(lane, found.getOrDefault(lane.number(), List.of())))
                .collect(Collectors.toSet());
    }

    /** @param first the first page of what stands between floor and cursor */
    private boolean holdAll(Lane lane, List<RowRef> first) {
        List<RowRef> refs = first;
        while (true) {
            List<RowRef> unknown = unknown(lane, refs);
            while (!unknown.isEmpty()) {
                if (held.full()) {
                    return false;
                }
                unknown = holdSome(lane, unknown);
                if (lane.startOver) {
                    return false;
                }
            }
            if (refs.size() < SCAN_PAGE) {
                return !lane.startOver;
            }
            refs = scan(lane, refs.get(refs.size() - 1).id());
        }
    }

    private List<RowRef> scan(Lane lane, long after) {
        return store.scan(Map.of(lane.number(), new IdRange(after, lane.cursor())), SCAN_PAGE);
    }

    private List<RowRef> unknown(Lane lane, List<RowRef> refs) {
        return refs.stream()
                .filter(ref -> !held.contains(ref.messageId()) && !lane.hasPassed(ref.id()))
                .toList();
    }

    /** @return the rest, for which there was no place in the page */
    private List<RowRef> holdSome(Lane lane, List<RowRef> refs) {
        int size = Math.min(page.rows(), refs.size());
        var rows = store.read(refs.subList(0, size));
        page.saw(rows);
        intake.read(lane, rows);
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
        List<RowRef> rest = unknown.isEmpty() ? unknown : holdSome(lane, unknown);
        if (!rest.isEmpty()) {
            lane.swept = rest.get(0).id() - 1;
        } else if (refs.size() == SCAN_PAGE) {
            lane.swept = refs.get(SCAN_PAGE - 1).id();
        } else {
            lane.swept = 0;
            lane.nextSweep = now + jittered(settings.sweep().toNanos());
        }
    }

    static long jittered(long nanos) {
        return nanos - ThreadLocalRandom.current().nextLong(nanos / 4 + 1);
    }
}
