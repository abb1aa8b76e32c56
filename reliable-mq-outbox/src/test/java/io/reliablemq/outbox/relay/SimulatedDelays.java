package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutboxRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;

/** The table of delayed messages of a simulation. Whoever moves or cancels one has it locked until the end of its transaction. */
final class SimulatedDelays {

    /** @param row as it would be if it were not delayed */
    record Delayed(OutboxRow row, long moveAt) {

        UUID id() {
            return row.ref().messageId();
        }
    }

    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    private final LongSupplier clock;
    private final Map<UUID, Delayed> rows = new TreeMap<>();
    private final Set<UUID> locked = new HashSet<>();

    SimulatedDelays(LongSupplier clock) {
        this.clock = clock;
    }

    Delayed draw(OutboxRow row, long delay) {
        return new Delayed(row, clock.getAsLong() + delay);
    }

    void commit(Delayed delayed) {
        rows.put(delayed.id(), delayed);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** In milliseconds, whatever is locked. */
    long untilNext() {
        return rows.values().stream()
                .mapToLong(one -> Math.floorDiv(one.moveAt() - clock.getAsLong(), MILLISECOND))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /**
     * Locks what is due, first that which was due first.
     *
     * @param passingOver what others have locked
     */
    List<Delayed> takeDue(int limit, boolean passingOver) {
        List<Delayed> due = rows.values().stream()
                .filter(one -> one.moveAt() - clock.getAsLong() <= 0)
                .filter(one -> !passingOver || !locked.contains(one.id()))
                .sorted(Comparator.comparingLong(Delayed::moveAt))
                .limit(limit)
                .toList();
        due.forEach(one -> locked.add(one.id()));
        return due;
    }

    /** Those that a business transaction could lock now to cancel them. */
    List<UUID> free() {
        List<UUID> free = new ArrayList<>(rows.keySet());
        free.removeAll(locked);
        return free;
    }

    void lock(UUID id) {
        locked.add(id);
    }

    void delete(UUID id) {
        rows.remove(id);
    }

    void unlock(UUID id) {
        locked.remove(id);
    }
}
