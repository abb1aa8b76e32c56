package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.KeyInLane;
import io.reliablemq.outbox.spi.OutboxStore.Lowest;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Keeps the order of keys that have rows in two lanes, with two owners perhaps, while the lane count changes. Row ids come from one
 * sequence, drawn while the business holds the row lock of the key, so the lower id is first, and visible first: an owner lets a
 * row pass when the other lane has no row of its key with a lower id, as asked after the row was read. Both owners ask the same
 * question, so it does not matter with which count a row was written. A lower id never waits for a higher one.
 *
 * <p>While nothing changes, and for rows that have one lane by both counts, nothing is asked. Only on the loop's thread,
 * where nothing else is said.
 */
final class CrossLaneOrder {

    /** Where a question takes longer, the loop would stand, and lose its lanes. */
    private static final long LONG = Duration.ofMillis(200).toNanos();
    /** So many rows of each other lane are looked through then. */
    private static final int ROWS = 20_000;

    private final OutboxStore store;
    private final LongSupplier nanoTime;
    private boolean takesLong;
    private volatile LaneLayout layout;
    private final AtomicBoolean sawMisplaced = new AtomicBoolean();

    CrossLaneOrder(OutboxStore store, LaneLayout layout, LongSupplier nanoTime) {
        this.store = store;
        this.layout = layout;
        this.nanoTime = nanoTime;
    }

    void follow(LaneLayout now) {
        layout = now;
    }

    /** From any thread. */
    boolean follows(LaneLayout now) {
        return layout.equals(now);
    }

    /** From any thread. Since the last time: whether a row was in the wrong lane while nothing changed. */
    boolean sawMisplaced() {
        // in one step: what the loop sees in between must not be forgotten
        return sawMisplaced.getAndSet(false);
    }

    /**
     * What rows of other lanes mean for some that were read from one.
     *
     * @param beside by row, the other lanes that its key may be in
     * @param horizon nothing is known of rows with higher ids
     */
    record Answer(Map<RowRef, List<Integer>> beside, Lowest lowest, long horizon) {

        static final Answer NONE = new Answer(Map.of(), new Lowest(Map.of(), Map.of()), Long.MAX_VALUE);

        /** Whether it was asked about. */
        boolean isAbout(OutboxRow row) {
            return beside.containsKey(row.ref());
        }

        /** An earlier one of its key is on its way elsewhere, or may be. */
        boolean mustWait(OutboxRow row) {
            return isAbout(row) && (row.ref().id() > horizon || isAfter(row, lowest.waiting()));
        }

        /** An earlier one of its key is parked elsewhere. */
        boolean isBehindParked(OutboxRow row) {
            return isAbout(row) && isAfter(row, lowest.parked());
        }

        private boolean isAfter(OutboxRow row, Map<KeyInLane, Long> ids) {
            String topic = row.message().topic();
            String key = Objects.requireNonNull(row.message().orderingKey(), "ordering key");
            return beside.getOrDefault(row.ref(), List.of()).stream()
                    .map(lane -> ids.getOrDefault(new KeyInLane(lane, topic, key), Long.MAX_VALUE))
                    .anyMatch(lowest -> lowest < row.ref().id());
        }

        Set<Integer> lanesBeside(Collection<OutboxRow> rows) {
            Set<Integer> lanes = new HashSet<>();
            rows.forEach(row -> lanes.addAll(beside.getOrDefault(row.ref(), List.of())));
            return lanes;
        }
    }

    /** @param rows read from these lanes, before this is called */
    Answer ask(List<OutboxRow> rows, Map<Integer, Lane> lanes) {
        Map<RowRef, List<Integer>> beside = beside(rows);
        if (beside.isEmpty()) {
            return Answer.NONE;
        }
        long began = nanoTime.getAsLong();
        Answer answer = answer(beside, rows);
        long ended = nanoTime.getAsLong();
        takesLong = ended - began > LONG || (takesLong && answer.horizon() != Long.MAX_VALUE);
        Set<Integer> asked = beside.keySet().stream().map(RowRef::lane).collect(Collectors.toSet());
        lanes.values().stream()
                .filter(lane -> asked.contains(lane.number()))
                .forEach(lane -> lane.overtaking.asked(began, ended));
        return answer;
    }

    private Map<RowRef, List<Integer>> beside(List<OutboxRow> rows) {
        Map<RowRef, List<Integer>> beside = new HashMap<>();
        for (OutboxRow row : rows) {
            String key = row.message().orderingKey();
            List<Integer> others =
                    key == null ? List.of() : layout.lanesBeside(row.ref().lane(), key);
            if (!others.isEmpty()) {
                beside.put(row.ref(), others);
                if (!layout.isChanging()) {
                    sawMisplaced.set(true);
                }
            }
        }
        return beside;
    }

    private Answer answer(Map<RowRef, List<Integer>> beside, List<OutboxRow> rows) {
        Set<Integer> lanes = new HashSet<>();
        Set<String> keys = new HashSet<>();
        long highest = 0;
        for (OutboxRow row : rows) {
            String key = row.message().orderingKey();
            List<Integer> others = beside.get(row.ref());
            if (key != null && others != null) {
                lanes.addAll(others);
                keys.add(key);
                highest = Math.max(highest, row.ref().id());
            }
        }
        long horizon = takesLong ? store.horizon(lanes, ROWS) : Long.MAX_VALUE;
        return new Answer(beside, store.lowest(lanes, keys, Math.min(highest, horizon)), horizon);
    }
}
