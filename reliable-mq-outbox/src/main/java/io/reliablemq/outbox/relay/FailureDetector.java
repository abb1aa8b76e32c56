package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneStore.Neighbour;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Which of the other processes are dead. A lease alone does not tell: the database's clock may be set. So a process is watched, by the
 * own monotonic clock: one whose lease has ended is alive as long as it renews it, which it does each third of a lease, and one that
 * has not renewed it for two leases is dead, whenever the lease ends. Touched by one thread.
 */
final class FailureDetector {

    private final long lease;
    private final LongSupplier nanoTime;
    private Map<UUID, Sight> seen = Map.of();

    /** @param since when this end of the lease was first seen, by the own clock */
    private record Sight(long leaseUntilMs, long since) {}

    FailureDetector(Duration lease, LongSupplier nanoTime) {
        this.lease = lease.toNanos();
        this.nanoTime = nanoTime;
    }

    /** @param neighbours as they are now */
    List<Neighbour> dead(List<Neighbour> neighbours) {
        long now = nanoTime.getAsLong();
        Map<UUID, Sight> before = seen;
        Map<UUID, Sight> after = new HashMap<>();
        List<Neighbour> dead = neighbours.stream()
                .filter(each -> {
                    Sight last = before.get(each.node());
                    Sight sight = last != null && last.leaseUntilMs == each.leaseUntilMs()
                            ? last
                            : new Sight(each.leaseUntilMs(), now);
                    after.put(each.node(), sight);
                    return isDead(each, last == null, now - sight.since);
                })
                .toList();
        seen = after;
        return dead;
    }

    /** One that was silent for half a lease before this process began to look is not waited for: all may have been restarted. */
    private boolean isDead(Neighbour each, boolean isNew, long silent) {
        boolean ended = each.overdueMs() >= 0 && silent >= lease / 2;
        boolean endedBefore = isNew && each.overdueMs() >= lease / 2_000_000;
        return !each.isRegistered() || ended || endedBefore || silent >= 2 * lease;
    }
}
