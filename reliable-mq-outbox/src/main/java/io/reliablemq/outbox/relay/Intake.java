package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides what happens with a row that was read or that has just been committed here: hold it, leave it, or park it. */
final class Intake {

    private final OutboxStore store;
    private final HeldMessages held;
    private final Parking parking;
    private final CrossLaneOrder order;
    private final Circumstances circumstances;
    private final Map<Integer, Lane> lanes = new HashMap<>();
    /** Message ids whose transaction is being committed by this process, and since when; touched by business threads too. */
    private final Map<UUID, Long> announced = new ConcurrentHashMap<>();

    private final long patience;

    /** @param patience for a commit: after that an announced row is taken like any other, its writer may hang for ever */
    Intake(
            OutboxStore store,
            HeldMessages held,
            Parking parking,
            CrossLaneOrder order,
            Duration patience,
            Circumstances circumstances) {
        this.patience = patience.toNanos();
        this.order = order;
        this.circumstances = circumstances;
        this.store = store;
        this.held = held;
        this.parking = parking;
    }

    Map<Integer, Lane> lanes() {
        return lanes;
    }

    /**
     * It belongs to another relay. Nothing of it is sent any more, not even what is on its way from the table: what comes before
     * it may have been parked.
     */
    void giveUp(Lane lane) {
        lanes.remove(lane.number(), lane);
        held.dropWaiting(m -> m.lane() == lane.number());
        held.doubt(lane.number());
        lane.drained.run();
    }

    /** From any thread. */
    void announce(Collection<UUID> messageIds) {
        Long now = circumstances.nanoTime();
        messageIds.forEach(id -> announced.put(id, now));
    }

    /** From any thread. */
    void release(Collection<UUID> messageIds) {
        messageIds.forEach(announced::remove);
    }

    /**
     * Whether this relay already takes care of the message, or its writer is about to hand it over. Ordered messages are never
     * handed over: one left alone here would be overtaken by the next of its key.
     */
    private boolean isTakenCareOf(OutboxRow row) {
        UUID id = row.ref().messageId();
        return held.contains(id) || held.isGone(id) || (row.message().orderingKey() == null && isAnnounced(id));
    }

    private boolean isAnnounced(UUID messageId) {
        Long since = announced.get(messageId);
        return since != null && circumstances.nanoTime() - since < patience;
    }

    /** Rows that a business thread of this process has just committed. */
    void committed(List<OutboxRow> rows) {
        for (OutboxRow row : rows) {
            Lane lane = lanes.get(row.ref().lane());
            if (lane != null) {
                takeCommitted(lane, row);
            }
            announced.remove(row.ref().messageId());
        }
    }

    private void takeCommitted(Lane lane, OutboxRow row) {
        TopicFlow flow = held.flow(row.message().topic());
        // another node may have committed an earlier message of the same key: only reading the lane shows their order.
        // Only the row has the delivery time by the database's clock
        if (row.message().orderingKey() != null
                || row.message().deliverAtMs() > 0
                || lane.draining
                || !held.roomyForCommitted()) {
            lane.woken = true;
        } else if (held.mayHold(flow) && !held.contains(row.ref().messageId())) {
            held.add(row, lane.isDoubtful(row.ref().id()));
        }
    }

    /** Rows that were read from owned lanes, those of each lane in ascending order. */
    void read(List<OutboxRow> rows) {
        List<OutboxRow> untaken = rows.stream().filter(this::isToBeTaken).toList();
        CrossLaneOrder.Answer elsewhere = order.ask(untaken, lanes);
        Map<Lane, List<OutboxRow>> behindParked = new LinkedHashMap<>();
        Map<Lane, List<OutboxRow>> behindParkedElsewhere = new LinkedHashMap<>();
        for (OutboxRow row : untaken) {
            Lane lane = Objects.requireNonNull(lanes.get(row.ref().lane()));
            if (isBlocked(lane, row)) {
                behindParked.computeIfAbsent(lane, l -> new ArrayList<>()).add(row);
            } else if (lane.overtaking.wouldOvertake(row)) {
                lane.miss(row.ref().id());
            } else if (lane.passedKeys.contains(row)) {
                lane.overtaking.waitsToo();
                lane.miss(row.ref().id());
            } else if (elsewhere.isBehindParked(row)) {
                behindParkedElsewhere
                        .computeIfAbsent(lane, l -> new ArrayList<>())
                        .add(row);
            } else if (elsewhere.mustWait(row)) {
                lane.overtaking.wait(row);
                lane.miss(row.ref().id());
            } else {
                if (elsewhere.isAbout(row)) {
                    lane.overtaking.letPass();
                }
                hold(lane, row);
            }
        }
        behindParkedElsewhere.forEach((lane, behind) -> parkBehind(lane, elsewhere.lanesBeside(behind), behind));
        behindParked.forEach(this::parkBehind);
    }

    private boolean isToBeTaken(OutboxRow row) {
        Lane lane = lanes.get(row.ref().lane());
        return lane != null && !lane.startOver && !isTakenCareOf(row);
    }

    private void hold(Lane lane, OutboxRow row) {
        TopicFlow flow = held.flow(row.message().topic());
        if (held.mayWaitInTheTable(row)) {
            pass(lane, row);
        } else if (held.mayHold(flow)) {
            held.add(row, lane.isDoubtful(row.ref().id()));
        } else {
            leave(lane, row);
        }
    }

    /** Its topic has no room for it. */
    private void leave(Lane lane, OutboxRow row) {
        held.flow(row.message().topic()).overflow(circumstances.nanoTime());
        lane.miss(row.ref().id());
    }

    /** Its topic has no room for it any more. */
    void leave(HeldMessage shed) {
        Lane lane = lanes.get(shed.lane());
        if (held.isBehindStuck(shed.row)) {
            pass(shed);
        } else if (lane != null) {
            leave(lane, shed.row);
        }
    }

    /** Its key does not go on. */
    private void pass(Lane lane, OutboxRow row) {
        lane.passedKeys.pass(row, circumstances.nanoTime());
        lane.miss(row.ref().id());
    }

    private void pass(HeldMessage shed) {
        Lane lane = lanes.get(shed.lane());
        if (lane != null) {
            pass(lane, shed.row);
        }
    }

    /** The others of the topic need the memory of what waits behind it, and others need that of what has failed most often. */
    void shedStuck(HeldMessage message) {
        held.shedStuck(message).forEach(this::pass);
    }

    /** What waits behind what does not go on leaves the memory when others need it: an outage may have ended for them only. */
    void makeRoom(long now) {
        for (TopicFlow flow : held.flows()) {
            if (held.lacksRoomFor(flow) && flow.scarce(now)) {
                held.shedBehindStuck(flow).forEach(this::pass);
            }
        }
    }

    /** It is stored, or parked. Where one was stuck others of its topic go on perhaps. */
    void goesOn(HeldMessage message) {
        held.goesOn(message);
        if (message.stuck()) {
            freePassedKeys(message.flow);
        }
    }

    /** Whether rows of it were left in the table because of their keys. */
    boolean hasPassed(TopicFlow flow) {
        return lanes.values().stream().anyMatch(lane -> lane.passedKeys.containsAnyOf(flow.topic));
    }

    /** What was passed of it can be read again. */
    void freePassedKeys(TopicFlow flow) {
        lanes.values().forEach(lane -> lane.passedKeys.free(flow.topic));
    }

    private static boolean isBlocked(Lane lane, OutboxRow row) {
        ParkedKey key = lane.blocked.isEmpty() ? null : key(row);
        Long lowest = key == null ? null : lane.blocked.get(key);
        return lowest != null && row.ref().id() >= lowest;
    }

    static @Nullable ParkedKey key(OutboxRow row) {
        String orderingKey = row.message().orderingKey();
        return orderingKey == null ? null : new ParkedKey(row.message().topic(), orderingKey);
    }

    /**
     * Parks what came behind parked messages of the same key. If an operator has released them meanwhile they are back in the
     * lane, before this row: then the lane is read again from its start, which finds them in their order.
     */
    private void parkBehind(Lane lane, List<OutboxRow> rows) {
        Map<ParkedKey, Long> parkedNow = store.parkedKeys(lane.number());
        boolean released = lane.blocked.entrySet().stream()
                .anyMatch(before -> parkedNow.getOrDefault(before.getKey(), Long.MAX_VALUE) > before.getValue());
        lane.blocked.clear();
        lane.blocked.putAll(parkedNow);
        // before anything can fail: what is known of the keys is new by now, and would not show it again
        if (released) {
            lane.startOver = true;
        }
        List<OutboxRow> still =
                rows.stream().filter(row -> isBlocked(lane, row)).toList();
        if (!still.isEmpty()) {
            parkBehind(lane, Set.of(), still);
        }
    }

    private void parkBehind(Lane lane, Set<Integer> elsewhere, List<OutboxRow> rows) {
        if (!parking.parkBehind(lane, elsewhere, rows, unsent(lane, rows))) {
            giveUp(lane);
        }
    }

    private static Set<RowRef> unsent(Lane lane, List<OutboxRow> rows) {
        return rows.stream()
                .map(OutboxRow::ref)
                .filter(ref -> !lane.isDoubtful(ref.id()))
                .collect(Collectors.toSet());
    }
}
