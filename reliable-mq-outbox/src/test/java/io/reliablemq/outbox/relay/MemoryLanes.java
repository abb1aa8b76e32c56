package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** The lane and node tables in memory; the database's clock is the monotonic one. */
class MemoryLanes implements LaneStore {

    private final UUID[] owner;
    private final long[] epoch;
    private final Map<UUID, Long> leaseUntil = new LinkedHashMap<>();
    private final LongSupplier nanoTime;
    private final Map<UUID, Long> acknowledged = new HashMap<>();

    volatile boolean broken;
    /** The next join takes effect and then fails. */
    volatile boolean joinAmbiguous;

    volatile LaneLayout layout;
    volatile Runnable beforeJoin = () -> {};
    /** On the lane keeper's thread. */
    volatile Runnable beforeLayoutIsRead = () -> {};

    final AtomicInteger layoutReads = new AtomicInteger();
    final AtomicInteger acknowledgements = new AtomicInteger();
    /** Whether a node has taken lanes that has not acknowledged the layout. */
    volatile boolean claimedUnknowing;

    volatile Duration grace = Duration.ZERO;

    MemoryLanes(int lanes) {
        this(lanes, System::nanoTime);
    }

    /** @param nanoTime the database's clock */
    MemoryLanes(int lanes, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        layout = new LaneLayout(lanes);
        owner = new UUID[lanes];
        epoch = new long[lanes];
    }

    /** Every node is silently taken for dead, as if another process had found its lease ended. */
    synchronized void takeAll() {
        List.copyOf(leaseUntil.keySet()).forEach(this::leave);
    }

    /** As {@link #takeAll}, and another process has all lanes until the returned task is run. */
    synchronized Runnable giveAllToAnother() {
        takeAll();
        UUID other = UUID.randomUUID();
        join(other, "other", Duration.ofHours(1));
        claim(other, owner.length);
        return () -> leave(other);
    }

    /** The lanes that have an owner. */
    synchronized int owned() {
        int owned = 0;
        for (UUID each : owner) {
            owned += each == null ? 0 : 1;
        }
        return owned;
    }

    synchronized long epochs() {
        long sum = 0;
        for (long each : epoch) {
            sum += each;
        }
        return sum;
    }

    /** Whether the lane has a row in the lane table. */
    boolean exists(int lane) {
        return lane < owner.length;
    }

    /** As if its row were deleted. */
    synchronized void forget(int lane) {
        owner[lane] = null;
        epoch[lane] = 0;
    }

    /** The last step of a change that all registered nodes know of. */
    synchronized long acknowledgedByAll() {
        return leaseUntil.keySet().stream()
                .mapToLong(node -> acknowledged.getOrDefault(node, 0L))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void answer() {
        if (broken) {
            throw new IllegalStateException("the database is down");
        }
    }

    @Override
    public LaneLayout layout(int lanesOfNew) {
        return layout();
    }

    @Override
    public LaneLayout layout() {
        beforeLayoutIsRead.run();
        layoutReads.incrementAndGet();
        return layout;
    }

    @Override
    public int lanes() {
        return owner.length;
    }

    @Override
    public void joinAsWriter(UUID node, String name, Duration lease) {
        join(node, name, lease);
    }

    @Override
    public synchronized void acknowledge(UUID node, long layoutEpoch) {
        acknowledgements.incrementAndGet();
        if (leaseUntil.containsKey(node)) {
            acknowledged.put(node, layoutEpoch);
        }
    }

    synchronized int nodes() {
        return leaseUntil.size();
    }

    /** Whether all registered nodes have, and there is one. */
    synchronized boolean allHaveAcknowledged(long layoutEpoch) {
        return !leaseUntil.isEmpty()
                && leaseUntil.keySet().stream().allMatch(node -> acknowledged.getOrDefault(node, 0L) == layoutEpoch);
    }

    @Override
    public boolean advance(Duration grace) {
        this.grace = grace;
        return false;
    }

    @Override
    public Survey survey(Survey from, int rows) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean finish(long layoutEpoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean reopen() {
        return true;
    }

    @Override
    public boolean retire(LaneClaim claim) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int revive() {
        return 0;
    }

    @Override
    public synchronized void join(UUID node, String name, Duration lease) {
        answer();
        beforeJoin.run();
        if (leaseUntil.putIfAbsent(node, nanoTime.getAsLong() + lease.toNanos()) != null) {
            throw new IllegalStateException("duplicate key");
        }
        if (joinAmbiguous) {
            joinAmbiguous = false;
            throw new IllegalStateException("the connection broke in the commit");
        }
    }

    @Override
    public synchronized boolean heartbeat(UUID node, Duration lease) {
        answer();
        return leaseUntil.computeIfPresent(node, (n, until) -> nanoTime.getAsLong() + lease.toNanos()) != null;
    }

    @Override
    public synchronized int liveNodes() {
        answer();
        long now = nanoTime.getAsLong();
        return (int)
                leaseUntil.values().stream().filter(until -> until - now > 0).count();
    }

    @Override
    public synchronized List<Neighbour> neighbours(UUID self) {
        answer();
        long now = nanoTime.getAsLong();
        return leaseUntil.entrySet().stream()
                .filter(e -> !e.getKey().equals(self))
                .map(e -> new Neighbour(e.getKey(), e.getValue(), (now - e.getValue()) / 1_000_000))
                .toList();
    }

    @Override
    public synchronized int expel(Neighbour dead) {
        answer();
        int before = owned();
        if (leaseUntil.getOrDefault(dead.node(), dead.leaseUntilMs()) == dead.leaseUntilMs()) {
            leave(dead.node());
        }
        return before - owned();
    }

    @Override
    public synchronized Map<Integer, Long> owned(UUID node) {
        answer();
        Map<Integer, Long> lanes = new HashMap<>();
        for (int lane = 0; lane < owner.length; lane++) {
            if (node.equals(owner[lane])) {
                lanes.put(lane, epoch[lane]);
            }
        }
        return lanes;
    }

    @Override
    public synchronized Collection<LaneClaim> claim(UUID node, int atMost) {
        answer();
        List<LaneClaim> claims = new ArrayList<>();
        for (int lane = 0; lane < owner.length && claims.size() < atMost; lane++) {
            if (owner[lane] == null && exists(lane) && leaseUntil.containsKey(node)) {
                owner[lane] = node;
                claimedUnknowing |= acknowledged.getOrDefault(node, 0L) < layout.epoch();
                claims.add(new LaneClaim(node, lane, ++epoch[lane]));
            }
        }
        return claims;
    }

    @Override
    public synchronized boolean handOver(LaneClaim claim) {
        answer();
        if (!isValid(claim)) {
            return false;
        }
        owner[claim.lane()] = null;
        epoch[claim.lane()]++;
        return true;
    }

    synchronized boolean isValid(LaneClaim claim) {
        return claim.node().equals(owner[claim.lane()]) && epoch[claim.lane()] == claim.epoch();
    }

    @Override
    public synchronized void leave(UUID node) {
        answer();
        leaseUntil.remove(node);
        for (int lane = 0; lane < owner.length; lane++) {
            if (node.equals(owner[lane])) {
                owner[lane] = null;
                epoch[lane]++;
            }
        }
    }
}
