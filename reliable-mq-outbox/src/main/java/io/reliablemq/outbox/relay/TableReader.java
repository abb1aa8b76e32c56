package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.RelaySettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks for rows in the owned lanes: forward from the cursor, and behind it. Plain reads, no locks. */
final class TableReader {

    private final OutboxStore store;
    private final RelaySettings settings;
    private final HeldMessages held;
    private final Intake intake;
    private final PageSize page;
    private final LateRows late;
    private long pollPause;
    private long nextPoll = System.nanoTime();

    TableReader(OutboxStore store, RelaySettings settings, HeldMessages held, Intake intake) {
        this.store = store;
        this.settings = settings;
        this.held = held;
        this.intake = intake;
        this.page = new PageSize(held);
        this.late = new LateRows(store, settings, held, intake, page);
        this.pollPause = settings.pollMin().toNanos();
    }

    /** Reads what is due. Throws what the store throws; the loop tries again later. */
    void read(long now) {
        load(now);
        intake.lanes().values().forEach(Lane::rewindToStart);
        resumeMissed();
        readForward(now);
        late.look(now);
    }

    /** Nanoseconds until a look at the table is due. */
    long nextDue(long now) {
        if (held.full()) {
            return settings.pollMin().toNanos();
        }
        boolean atOnce = intake.lanes().values().stream().anyMatch(lane -> isDue(lane, false, now));
        return atOnce ? 0 : nextPoll - now;
    }

    private static boolean isDue(Lane lane, boolean pollDue, long now) {
        return !lane.draining && (pollDue || lane.more || lane.woken) && !lane.crowded(now);
    }

    private void load(long now) {
        for (Lane lane : intake.lanes().values()) {
            if (!lane.loaded) {
                lane.blocked.putAll(store.parkedKeys(lane.number()));
                late.firstSweep(lane, now);
                lane.loaded = true;
            }
        }
    }

    private void resumeMissed() {
        boolean resumed = false;
        for (TopicFlow flow : held.flows()) {
            if (flow.overflowed && held.mayResume(flow)) {
                flow.overflowed = false;
                resumed = true;
            }
        }
        if (resumed) {
            intake.lanes().values().forEach(Lane::rewindToMissed);
        }
    }

    private void readForward(long now) {
        if (held.full()) {
            return;
        }
        boolean pollDue = now - nextPoll >= 0;
        Map<Integer, Long> after = new HashMap<>();
        for (Lane lane : intake.lanes().values()) {
            if (isDue(lane, pollDue, now)) {
                after.put(lane.number(), lane.cursor());
            }
        }
        if (pollDue) {
            nextPoll = now + LateRows.jittered(pollPause);
            pollPause = Math.min(pollPause * 2, settings.pollMax().toNanos());
        }
        if (!after.isEmpty() && readAfter(after, Math.max(1, page.rows() / after.size()))) {
            pollPause = settings.pollMin().toNanos();
        }
    }

    private boolean readAfter(Map<Integer, Long> after, int limit) {
        List<OutboxRow> rows = store.readAfter(after, limit);
        page.saw(rows);
        Map<Integer, List<OutboxRow>> byLane = new HashMap<>();
        for (OutboxRow row : rows) {
            byLane.computeIfAbsent(row.ref().lane(), l -> new ArrayList<>()).add(row);
        }
        Set<Lane> behind = catchUp(byLane);
        for (Lane lane : intake.lanes().values()) {
            if (behind.contains(lane)) {
                lane.more = true;
            } else if (after.containsKey(lane.number())) {
                take(lane, byLane.getOrDefault(lane.number(), List.of()), limit);
            }
        }
        return !rows.isEmpty();
    }

    /**
     * An earlier message of a key may have been committed below the cursor after the cursor had passed, and before the later
     * message was written: so it is looked for after the later one was read and before that is held.
     *
     * @return lanes of which nothing may be held yet
     */
    private Set<Lane> catchUp(Map<Integer, List<OutboxRow>> byLane) {
        List<Lane> atStake = intake.lanes().values().stream()
                .filter(lane ->
                        byLane.getOrDefault(lane.number(), List.of()).stream().anyMatch(intake::isOrderAtStake))
                .toList();
        return late.catchUp(atStake, System.nanoTime());
    }

    private void take(Lane lane, List<OutboxRow> rows, int limit) {
        long now = System.nanoTime();
        boolean startOver = lane.startOver;
        intake.read(lane, rows);
        lane.woken = false;
        lane.more = rows.size() >= limit;
        if (!lane.more && !startOver) {
            lane.endReached();
        }
        if (!rows.isEmpty()) {
            lane.read(rows.get(rows.size() - 1).ref().id(), now);
        }
    }
}
