package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.IdRange;
import io.reliablemq.outbox.spi.OutboxStore.Page;
import io.reliablemq.outbox.spi.RowRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One look at the table: the next rows of some lanes, and references to what stands behind the cursors.
 *
 * @param limit rows of each lane on average at most
 * @param allBehind look behind every cursor; else behind those only whose lane has an ordered row among the next
 */
record Look(List<Wanted> lanes, int limit, boolean allBehind) {

    /** At most that many references of each lane. */
    static final int BEHIND = 2000;

    /**
     * @param turn of the lane when this was asked: when it has been rewound meanwhile, what is found is of no use
     * @param forward whether the next rows are wanted
     * @param behind from the lane's floor to its cursor
     */
    record Wanted(Lane lane, int turn, boolean forward, IdRange behind) {

        int number() {
            return lane.number();
        }
    }

    /**
     * @param rows by lane, in ascending order
     * @param ended lanes that have no row after these
     * @param behind by lane, in ascending order; lanes that were not looked behind are not there
     */
    record Found(
            Look look,
            Map<Integer, List<OutboxRow>> rows,
            Set<Integer> ended,
            Map<Integer, List<RowRef>> behind,
            long nanos) {

        List<OutboxRow> rows(Lane lane) {
            return rows.getOrDefault(lane.number(), List.of());
        }

        @Nullable
        List<RowRef> behind(Lane lane) {
            return behind.get(lane.number());
        }
    }

    /**
     * An earlier message of a key may have been committed below the cursor after the cursor had passed, and before the later
     * message was written: so what stands behind the cursor is looked for after the later one was read.
     */
    Found at(OutboxStore store) {
        long began = System.nanoTime();
        Map<Integer, Long> after = after();
        Page page = after.isEmpty() ? new Page(List.of(), Set.of()) : store.readPage(after, limit);
        Map<Integer, List<OutboxRow>> rows = byLane(page.rows());
        Map<Integer, IdRange> ranges = behind(rows);
        Map<Integer, List<RowRef>> behind =
                store.scan(ranges, BEHIND).stream().collect(Collectors.groupingBy(RowRef::lane));
        ranges.keySet().forEach(lane -> behind.putIfAbsent(lane, List.of()));
        return new Found(this, rows, page.ended(), behind, System.nanoTime() - began);
    }

    private Map<Integer, Long> after() {
        return lanes.stream().filter(Wanted::forward).collect(Collectors.toMap(Wanted::number, wanted -> wanted.behind()
                .upTo()));
    }

    private static Map<Integer, List<OutboxRow>> byLane(Collection<OutboxRow> rows) {
        Map<Integer, List<OutboxRow>> byLane = new HashMap<>();
        for (OutboxRow row : rows) {
            byLane.computeIfAbsent(row.ref().lane(), lane -> new ArrayList<>()).add(row);
        }
        return byLane;
    }

    private Map<Integer, IdRange> behind(Map<Integer, List<OutboxRow>> rows) {
        Set<Integer> ordered = rows.entrySet().stream()
                .filter(lane ->
                        lane.getValue().stream().anyMatch(row -> row.message().orderingKey() != null))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        return lanes.stream()
                .filter(wanted -> wanted.behind().after() < wanted.behind().upTo())
                .filter(wanted -> allBehind || ordered.contains(wanted.number()))
                .collect(Collectors.toMap(Wanted::number, Wanted::behind));
    }
}
