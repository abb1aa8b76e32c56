package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.ParkedKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Decides what happens with a row that was read or that has just been committed here: hold it, leave it, or park it. */
final class Intake {

    private final OutboxStore store;
    private final HeldMessages held;
    private final Parking parking;
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final Set<UUID> announced = ConcurrentHashMap.newKeySet();

    Intake(OutboxStore store, HeldMessages held, Parking parking) {
        this.store = store;
        this.held = held;
        this.parking = parking;
    }

    Map<Integer, Lane> lanes() {
        return lanes;
    }

    /** Message ids whose transaction is being committed by this process; touched by business threads too. */
    Set<UUID> announced() {
        return announced;
    }

    /** Whether this relay already takes care of the message, or its writer is about to hand it over. */
    boolean knows(UUID messageId) {
        return held.contains(messageId) || announced.contains(messageId);
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
        // another node may have committed an earlier message of the same key: only reading the lane shows their order
        if (row.message().orderingKey() != null || lane.draining || held.full()) {
            lane.woken = true;
        } else if (!held.contains(row.ref().messageId())) {
            hold(lane, row);
        }
    }

    /** Rows that were read from an owned lane, in ascending order. */
    void read(Lane lane, List<OutboxRow> rows) {
        List<OutboxRow> behindParked = new ArrayList<>();
        for (OutboxRow row : rows) {
            if (knows(row.ref().messageId())) {
                continue;
            }
            if (isBlocked(lane, row)) {
                behindParked.add(row);
            } else {
                hold(lane, row);
            }
        }
        if (!behindParked.isEmpty()) {
            parkBehind(lane, behindParked);
        }
    }

    private void hold(Lane lane, OutboxRow row) {
        TopicFlow flow = held.flow(row.message().topic());
        if (held.mayHold(flow)) {
            held.add(row);
        } else {
            flow.overflowed = true;
            lane.miss(row.ref().id());
        }
    }

    private static boolean isBlocked(Lane lane, OutboxRow row) {
        ParkedKey key = key(row);
        return key != null && lane.blocked.contains(key);
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
        Set<ParkedKey> parkedNow = store.parkedKeys(lane.number());
        boolean released = !parkedNow.containsAll(lane.blocked);
        lane.blocked.clear();
        lane.blocked.addAll(parkedNow);
        List<OutboxRow> still =
                rows.stream().filter(row -> isBlocked(lane, row)).toList();
        if (!still.isEmpty()) {
            parking.park(lane, still, "behind parked messages of its ordering key");
        }
        if (released) {
            lane.rewind(0);
        }
    }
}
