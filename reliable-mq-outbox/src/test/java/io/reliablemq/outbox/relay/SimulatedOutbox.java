package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.SimulatedDelays.Delayed;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/** The outbox tables of a simulation, each call one transaction, as the real ones are said to behave. */
final class SimulatedOutbox extends MemoryOutbox {

    private static final byte[] PAYLOAD = new byte[10];
    private static final IdRange ALL = new IdRange(0, Long.MAX_VALUE);

    private final SimulatedLanes lanes;
    private final SimulatedLedger ledger;
    private final LongSupplier clock;
    private final Break broken;
    private final Map<Long, Long> writtenAt = new HashMap<>();
    private final Set<UUID> released = new HashSet<>();
    final SimulatedDelays delays;
    /** Between what a call to the database does and its commit. Answers whether the caller has died meanwhile. */
    private final BooleanSupplier beforeCommit;

    private long lastId;

    SimulatedOutbox(
            SimulatedLanes lanes,
            SimulatedLedger ledger,
            LongSupplier clock,
            BooleanSupplier beforeCommit,
            Break broken) {
        super(SimulatedLanes.MOST);
        this.lanes = lanes;
        lanes.of(this);
        this.ledger = ledger;
        this.clock = clock;
        this.beforeCommit = beforeCommit;
        this.broken = broken;
        this.delays = new SimulatedDelays(clock);
    }

    boolean isBroken(Break so) {
        return broken == so;
    }

    OutboxRow draw(String topic, String orderingKey, int lane) {
        long id = ++lastId;
        writtenAt.put(id, clock.getAsLong());
        UUID messageId = new UUID(7, id);
        return new OutboxRow(
                new RowRef(lane, id, messageId),
                new OutgoingMessage(messageId, topic, null, null, orderingKey, "text/plain", PAYLOAD, Map.of(), 0, 0));
    }

    @Override
    public synchronized long untilDue() {
        return delays.untilNext();
    }

    @Override
    public synchronized int moveDue(int limit) {
        List<Delayed> due = delays.takeDue(limit, broken != Break.MOVED_THOUGH_LOCKED);
        List<OutboxRow> moved = due.stream().map(this::inLane).toList();
        boolean rolledBack = !due.isEmpty() && beforeCommit.getAsBoolean();
        if (!rolledBack) {
            due.forEach(one -> delays.delete(one.id()));
            commit(moved.toArray(OutboxRow[]::new));
        }
        due.forEach(one -> delays.unlock(one.id()));
        return due.size();
    }

    private OutboxRow inLane(Delayed delayed) {
        long id = ++lastId;
        writtenAt.put(id, clock.getAsLong());
        OutboxRow row = delayed.row();
        int lane = row.ref().lane() % lanes.layout.lanes();
        return new OutboxRow(new RowRef(lane, id, delayed.id()), row.message());
    }

    @Override
    public synchronized int settle(Collection<RowRef> refs) {
        if (broken == Break.SETTLED_BY_RANGE) {
            return settleRange(refs);
        }
        read(refs).forEach(row -> ledger.settle(row.ref().messageId()));
        return super.settle(refs);
    }

    private int settleRange(Collection<RowRef> refs) {
        LongStream ids = refs.stream().mapToLong(RowRef::id);
        var range = ids.summaryStatistics();
        Map<Integer, IdRange> ofAllLanes = everything();
        ofAllLanes.replaceAll((lane, all) -> new IdRange(range.getMin() - 1, range.getMax()));
        List<RowRef> between = scan(ofAllLanes, Integer.MAX_VALUE);
        between.forEach(ref -> ledger.settle(ref.messageId()));
        return super.settle(between);
    }

    @Override
    public synchronized List<RowRef> scan(Map<Integer, IdRange> ranges, int limitPerLane) {
        return broken == Break.NOTHING_BEHIND_THE_CURSOR ? List.of() : super.scan(ranges, limitPerLane);
    }

    @Override
    public synchronized Lowest lowest(Set<Integer> ofLanes, Set<String> orderingKeys, long below) {
        return broken == Break.NOTHING_IN_OTHER_LANES
                ? new Lowest(Map.of(), Map.of())
                : super.lowest(ofLanes, orderingKeys, below);
    }

    @Override
    public synchronized boolean park(LaneClaim claim, Collection<RowRef> refs, Set<RowRef> unsent, String reason) {
        if (!lanes.isValid(claim)) {
            return false;
        }
        Set<RowRef> there = new HashSet<>();
        read(refs).forEach(row -> there.add(row.ref()));
        there.stream().filter(unsent::contains).forEach(ref -> ledger.allowToCancel(ref.messageId()));
        return super.park(claim, there, Set.of(), reason);
    }

    @Override
    public synchronized boolean parkBehind(
            LaneClaim claim, Set<Integer> elsewhere, Collection<RowRef> refs, Set<RowRef> unsent, String reason) {
        List<RowRef> behind = read(refs).stream()
                .filter(row -> parkedRows().stream().anyMatch(parked -> isBehind(row, parked)))
                .map(OutboxRow::ref)
                .toList();
        return park(claim, behind, unsent, reason);
    }

    private static boolean isBehind(OutboxRow row, OutboxRow parked) {
        return parked.ref().id() < row.ref().id()
                && parked.message().topic().equals(row.message().topic())
                && parked.message().orderingKey() != null
                && parked.message().orderingKey().equals(row.message().orderingKey());
    }

    @Override
    public synchronized int release(Collection<RowRef> refs) {
        refs.forEach(ref -> {
            ledger.release(ref.messageId());
            released.add(ref.messageId());
        });
        lanes.lookAnew();
        return super.release(refs);
    }

    /**
     * A process that was stopped ends in time, and the next owner of its lanes sends what is left.
     *
     * @param heard of what it has heard that it is stored
     * @param awaited of what it has not heard yet
     */
    void leave(String node, Set<UUID> heard, Set<UUID> awaited) {
        super.scan(everything(), Integer.MAX_VALUE).stream()
                .map(RowRef::messageId)
                .filter(id -> awaited.contains(id) || (heard.contains(id) && !released.contains(id)))
                .forEach(id -> ledger.violated("left behind: " + SimulatedLedger.name(id) + " by " + node));
    }

    private Map<Integer, IdRange> everything() {
        Map<Integer, IdRange> everything = new HashMap<>();
        for (int lane = 0; lane < SimulatedLanes.MOST; lane++) {
            everything.put(lane, ALL);
        }
        return everything;
    }

    long misplaced(int lane, LaneLayout layout) {
        return misplaced(read(super.scan(Map.of(lane, ALL), Integer.MAX_VALUE)), layout);
    }

    long misplacedParked(LaneLayout layout) {
        return misplaced(parkedRows(), layout);
    }

    private static long misplaced(List<OutboxRow> rows, LaneLayout layout) {
        return rows.stream()
                .filter(row -> row.message().orderingKey() != null)
                .filter(row ->
                        layout.laneOf(row.message().orderingKey()) != row.ref().lane())
                .count();
    }

    boolean isWaitingIn(int lane) {
        return !super.scan(Map.of(lane, ALL), 1).isEmpty();
    }

    boolean isEmpty(int lane) {
        return !isWaitingIn(lane)
                && parkedRows().stream().noneMatch(row -> row.ref().lane() == lane);
    }

    /** An operator's: of a message that is parked and can be cancelled. */
    void cancel(RowRef ref) {
        ledger.cancel(ref.messageId());
        super.release(List.of(ref));
        super.settle(List.of(ref));
    }

    @Override
    public long writtenBefore(int lane, Duration age) {
        long before = clock.getAsLong() - age.toNanos();
        return super.scan(Map.of(lane, ALL), Integer.MAX_VALUE).stream()
                .mapToLong(RowRef::id)
                .filter(id -> writtenAt.get(id) - before <= 0)
                .max()
                .orElse(0);
    }
}
