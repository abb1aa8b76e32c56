package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RowRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Looks for rows in the owned lanes: forward, closely behind the cursor, and rarely everywhere. Plain reads, no locks. */
final class TableReader {

    private static final int PAGE = 500;
    private static final int SCAN_PAGE = 2000;

    private final OutboxStore store;
    private final RelaySettings settings;
    private final HeldMessages held;
    private final Intake intake;
    private long pollPause;
    private long nextPoll;
    private long nextScan;

    TableReader(OutboxStore store, RelaySettings settings, HeldMessages held, Intake intake) {
        this.store = store;
        this.settings = settings;
        this.held = held;
        this.intake = intake;
        this.pollPause = settings.pollMin().toNanos();
    }

    /** Reads what is due. Throws what the store throws; the loop tries again later. */
    void read(long now) {
        load(intake.lanes().values(), now);
        resumeMissed();
        boolean found = readForward(now);
        found |= scanBehindCursor(now);
        found |= sweep(now);
        if (found) {
            pollPause = settings.pollMin().toNanos();
        }
    }

    /** Nanoseconds until a look at the table is due. */
    long nextDue(long now) {
        if (held.full()) {
            return settings.pollMin().toNanos();
        }
        boolean atOnce = intake.lanes().values().stream().anyMatch(l -> !l.draining && (l.more || l.woken));
        return atOnce ? 0 : nextPoll - now;
    }

    private void load(Collection<Lane> lanes, long now) {
        for (Lane lane : lanes) {
            if (!lane.loaded) {
                lane.blocked.addAll(store.parkedKeys(lane.number()));
                lane.nextSweep = now + jittered(settings.sweep().toNanos());
                lane.loaded = true;
            }
        }
    }

    private void resumeMissed() {
        boolean resumed = false;
        for (TopicFlow flow : held.flows()) {
            if (flow.overflowed && !flow.window.outage() && flow.held <= held.outageShare() / 2) {
                flow.overflowed = false;
                resumed = true;
            }
        }
        if (resumed) {
            intake.lanes().values().forEach(Lane::rewindToMissed);
        }
    }

    private boolean readForward(long now) {
        boolean pollDue = now - nextPoll >= 0;
        Map<Integer, Long> after = new HashMap<>();
        for (Lane lane : intake.lanes().values()) {
            if (!lane.draining && (pollDue || lane.more || lane.woken)) {
                after.put(lane.number(), lane.cursor());
            }
        }
        if (after.isEmpty() || held.full()) {
            return false;
        }
        if (pollDue) {
            nextPoll = now + jittered(pollPause);
            pollPause = Math.min(pollPause * 2, settings.pollMax().toNanos());
        }
        int limit = Math.max(16, PAGE / after.size());
        Map<Integer, List<OutboxRow>> byLane = new HashMap<>();
        for (OutboxRow row : store.readAfter(after, limit)) {
            byLane.computeIfAbsent(row.ref().lane(), l -> new ArrayList<>()).add(row);
        }
        after.keySet().forEach(number -> take(number, byLane.getOrDefault(number, List.of()), limit, now));
        return !byLane.isEmpty();
    }

    private void take(int number, List<OutboxRow> rows, int limit, long now) {
        Lane lane = intake.lanes().get(number);
        if (lane == null) {
            return;
        }
        lane.woken = false;
        lane.more = rows.size() >= limit;
        if (!rows.isEmpty()) {
            lane.read(rows.get(rows.size() - 1).ref().id(), now);
            intake.read(lane, rows);
        }
    }

    private boolean scanBehindCursor(long now) {
        if (now - nextScan < 0) {
            return false;
        }
        nextScan = now + Math.min(settings.trailing().toNanos() / 10, 1_000_000_000L);
        boolean found = false;
        for (Lane lane : intake.lanes().values()) {
            if (!lane.draining && !lane.settledDown(now)) {
                found |= look(lane, lane.floor(now), lane.cursor());
            }
        }
        return found;
    }

    private boolean sweep(long now) {
        boolean found = false;
        for (Lane lane : intake.lanes().values()) {
            if (!lane.draining && now - lane.nextSweep >= 0 && !lane.hasMissed()) {
                lane.nextSweep = now + jittered(settings.sweep().toNanos());
                found |= look(lane, 0, lane.cursor());
            }
        }
        return found;
    }

    private boolean look(Lane lane, long after, long upTo) {
        boolean found = false;
        long from = after;
        while (from < upTo && !held.full()) {
            List<RowRef> refs = store.scan(lane.number(), from, upTo, SCAN_PAGE);
            List<RowRef> unknown =
                    refs.stream().filter(ref -> !intake.knows(ref.messageId())).toList();
            if (!unknown.isEmpty() && !lane.hasMissed()) {
                for (int i = 0; i < unknown.size(); i += PAGE) {
                    intake.read(lane, store.read(unknown.subList(i, Math.min(i + PAGE, unknown.size()))));
                }
                found = true;
            }
            if (refs.size() < SCAN_PAGE) {
                return found;
            }
            from = refs.get(refs.size() - 1).id();
        }
        return found;
    }

    private static long jittered(long nanos) {
        return nanos - ThreadLocalRandom.current().nextLong(nanos / 4 + 1);
    }
}
