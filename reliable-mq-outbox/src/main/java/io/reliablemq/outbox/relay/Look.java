package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.IdRange;
import io.reliablemq.outbox.spi.OutboxStore.Page;
import io.reliablemq.outbox.spi.OutboxStore.Surroundings;
import io.reliablemq.outbox.spi.RowRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One look at the table: the next rows of some lanes, and references to what stands behind the cursors.
 *
 * @param limit rows of each lane on average at most
 * @param allBehind look behind every cursor; else behind those only whose lane has an ordered row among the next
 * @param atOnce for few lanes in which a row has just been committed here: forward and behind in one round trip
 */
record Look(List<Wanted> lanes, int limit, boolean allBehind, boolean atOnce) {

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
     * @param rows in the order of their ids, whatever their lanes: sent so, they lie together when they are deleted
     * @param lastByLane the highest id of each lane that has rows
     * @param ended lanes that have no row after these
     * @param behind by lane, in ascending order; lanes that were not looked behind are not there
     * @param began before the store was asked
     */
    record Found(
            Look look,
            List<OutboxRow> rows,
            Map<Integer, Long> lastByLane,
            Set<Integer> ended,
            Map<Integer, List<RowRef>> behind,
            long began,
            long nanos) {

        /** @return 0 when the lane has no rows */
        long last(Lane lane) {
            return lastByLane.getOrDefault(lane.number(), 0L);
        }

        private Found timed(long from, long to) {
            return new Found(look, rows, lastByLane, ended, behind, from, to - from);
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
    Found at(OutboxStore store, LongSupplier nanoTime) {
        long began = nanoTime.getAsLong();
        Found found = atOnce ? ofOneMoment(store) : oneAfterTheOther(store);
        return found.timed(began, nanoTime.getAsLong());
    }

    /** What was committed before a row that is seen was written is seen, too. */
    private Found ofOneMoment(OutboxStore store) {
        Map<Integer, IdRange> ranges = behind(lane -> true);
        Surroundings found = store.look(after(), limit, ranges, BEHIND);
        Map<Integer, Long> last = new HashMap<>();
        found.page().rows().forEach(row -> last.put(row.ref().lane(), row.ref().id()));
        return found(found.page(), last, ranges, found.behind());
    }

    private Found oneAfterTheOther(OutboxStore store) {
        Map<Integer, Long> after = after();
        Page page = after.isEmpty() ? new Page(List.of(), Set.of()) : store.readPage(after, limit);
        Map<Integer, Long> last = new HashMap<>();
        Set<Integer> ordered = new HashSet<>();
        for (OutboxRow row : page.rows()) {
            last.put(row.ref().lane(), row.ref().id());
            if (row.message().orderingKey() != null) {
                ordered.add(row.ref().lane());
            }
        }
        Map<Integer, IdRange> ranges = behind(lane -> allBehind || ordered.contains(lane));
        return found(page, last, ranges, store.scan(ranges, BEHIND));
    }

    private Found found(Page page, Map<Integer, Long> last, Map<Integer, IdRange> ranges, List<RowRef> refs) {
        Map<Integer, List<RowRef>> behind = refs.stream().collect(Collectors.groupingBy(RowRef::lane));
        ranges.keySet().forEach(lane -> behind.putIfAbsent(lane, List.of()));
        return new Found(this, page.rows(), last, page.ended(), behind, 0, 0);
    }

    private Map<Integer, Long> after() {
        return lanes.stream().filter(Wanted::forward).collect(Collectors.toMap(Wanted::number, wanted -> wanted.behind()
                .upTo()));
    }

    private Map<Integer, IdRange> behind(IntPredicate which) {
        return lanes.stream()
                .filter(wanted -> wanted.behind().after() < wanted.behind().upTo())
                .filter(wanted -> which.test(wanted.number()))
                .collect(Collectors.toMap(Wanted::number, Wanted::behind));
    }
}
