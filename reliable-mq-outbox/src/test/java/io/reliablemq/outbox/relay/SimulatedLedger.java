package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What was committed, what the broker has of it, and the first promise that is broken. */
final class SimulatedLedger {

    private final Schedule schedule;
    private final Set<UUID> committed = new LinkedHashSet<>();
    private final Map<String, List<UUID>> byKey = new HashMap<>();
    private final Set<UUID> stored = new HashSet<>();
    private final Set<UUID> cancellable = new HashSet<>();
    private final Set<UUID> cancelled = new HashSet<>();
    private @Nullable String violation;

    SimulatedLedger(Schedule schedule) {
        this.schedule = schedule;
    }

    @Nullable
    String violation() {
        return violation;
    }

    void violated(String what) {
        schedule.note("VIOLATED ", what);
        if (violation == null) {
            violation = what;
        }
    }

    int committed() {
        return committed.size();
    }

    boolean isCommitted(UUID id) {
        return committed.contains(id);
    }

    void commit(OutboxRow row) {
        committed.add(row.ref().messageId());
        String key = row.message().orderingKey();
        if (key != null) {
            byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(row.ref().messageId());
        }
    }

    /** The broker has it in its log. */
    void arrive(OutgoingMessage message) {
        UUID id = message.id();
        if (!committed.contains(id) || cancelled.contains(id)) {
            violated("phantom: " + name(id));
        }
        if (cancellable.contains(id)) {
            violated("sent though it can be cancelled: " + name(id));
        }
        if (stored.add(id) && message.orderingKey() != null) {
            checkOrder(id, byKey.getOrDefault(message.orderingKey(), List.of()));
        }
    }

    private void checkOrder(UUID id, List<UUID> ofItsKey) {
        for (UUID earlier : ofItsKey) {
            if (earlier.equals(id)) {
                return;
            }
            if (!stored.contains(earlier) && !cancelled.contains(earlier)) {
                violated("inverted: " + name(id) + " before " + name(earlier));
            }
        }
    }

    /** Its row is deleted. */
    void settle(UUID id) {
        if (!stored.contains(id)) {
            violated("lost: " + name(id));
        }
    }

    /** It is parked, and said never to have been sent. */
    void allowToCancel(UUID id) {
        cancellable.add(id);
        if (stored.contains(id)) {
            violated("sent though it can be cancelled: " + name(id));
        }
    }

    /** It is parked no longer. */
    void release(UUID id) {
        cancellable.remove(id);
    }

    boolean isCancellable(UUID id) {
        return cancellable.contains(id);
    }

    void cancel(UUID id) {
        cancellable.remove(id);
        cancelled.add(id);
    }

    /** Whether the broker has all that it should have. */
    boolean isComplete() {
        return committed.stream().allMatch(id -> stored.contains(id) || cancelled.contains(id));
    }

    static String name(UUID id) {
        return "m" + id.getLeastSignificantBits();
    }
}
