package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The lane table of a simulation, and the settings that say how many lanes there are; each step of a change is one transaction. */
final class SimulatedLanes extends MemoryLanes {

    static final int MOST = 4;

    private final LongSupplier clock;
    private final Break broken;
    private final Set<Integer> rows = new TreeSet<>();
    private int count;
    private @Nullable Integer next;
    private @Nullable Integer before;
    private @Nullable Integer last;
    private @Nullable Long acknowledgedAt;
    private @Nullable SimulatedOutbox outbox;

    SimulatedLanes(int lanes, LongSupplier clock, Break broken) {
        super(MOST, clock);
        this.clock = clock;
        this.broken = broken;
        count = lanes;
        addMissing(lanes);
        layout = new LaneLayout(lanes);
    }

    /** @param waiting what is in the lanes */
    void of(SimulatedOutbox waiting) {
        outbox = waiting;
    }

    private void addMissing(int lanes) {
        IntStream.range(0, lanes).forEach(rows::add);
    }

    private void step() {
        int other = before != null ? before : next != null ? next : count;
        layout = new LaneLayout(count, other, layout.epoch() + 1);
    }

    private boolean allHaveAcknowledged() {
        return acknowledgedByAll() >= layout.epoch();
    }

    @Override
    boolean exists(int lane) {
        return rows.contains(lane);
    }

    @Override
    public int lanes() {
        return rows.size();
    }

    /** An operator's. Does nothing while another change goes on. */
    void announce(int lanes) {
        if (!layout.isChanging() && lanes != count) {
            next = lanes;
            addMissing(lanes);
            step();
        }
    }

    @Override
    public boolean advance(Duration grace) {
        if (!layout.isChanging() || !allHaveAcknowledged()) {
            return false;
        }
        if (next != null) {
            before = count;
            count = next;
            next = null;
            acknowledgedAt = null;
            step();
            return false;
        }
        if (acknowledgedAt == null || acknowledgedAt > clock.getAsLong()) {
            acknowledgedAt = clock.getAsLong();
            return false;
        }
        return clock.getAsLong() - acknowledgedAt >= grace.toNanos();
    }

    /** One lane each time, whatever is in it. */
    @Override
    public Survey survey(Survey from, int page) {
        int lane = from.lane() + 1;
        long misplaced = broken == Break.NOTHING_MISPLACED ? 0 : outbox.misplaced(lane, from.layout());
        return new Survey(from.layout(), lane, 0, from.misplaced() + misplaced, lane == MOST - 1);
    }

    @Override
    public boolean finish(long layoutEpoch) {
        if (before == null
                || layout.epoch() != layoutEpoch
                || !allHaveAcknowledged()
                || outbox.misplacedParked(layout) > 0) {
            return false;
        }
        last = before;
        before = null;
        acknowledgedAt = null;
        step();
        return true;
    }

    /** What was parked waits again, in a lane that was looked through perhaps. */
    void lookAnew() {
        if (before != null) {
            step();
        }
    }

    @Override
    public boolean reopen() {
        if (!layout.isChanging() && last != null) {
            before = last;
            step();
            addMissing(Math.max(before, count));
        }
        return true;
    }

    @Override
    public boolean retire(LaneClaim claim) {
        if (layout.isChanging() || claim.lane() < count || !isValid(claim) || !outbox.isEmpty(claim.lane())) {
            return false;
        }
        rows.remove(claim.lane());
        forget(claim.lane());
        return true;
    }

    @Override
    public int revive() {
        int revived = 0;
        for (int lane = Math.max(layout.lanes(), layout.otherLanes()); lane < MOST; lane++) {
            if (outbox.isWaitingIn(lane) && rows.add(lane)) {
                revived++;
            }
        }
        return revived;
    }
}
