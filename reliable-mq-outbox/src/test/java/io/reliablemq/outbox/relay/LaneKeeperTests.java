package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.RelayObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneKeeperTests {

    private static final Duration LEASE = Duration.ofSeconds(3);

    private final MemoryLanes lanes = new MemoryLanes(4);
    private final List<Map<Integer, LaneClaim>> published = new CopyOnWriteArrayList<>();
    private final LaneKeeper keeper = keeper(lanes, Circumstances.REAL);

    @AfterEach
    void stop() throws InterruptedException {
        keeper.stop(Duration.ofSeconds(30));
    }

    @Test
    void sendsNothingUnderANewLeaseBeforeTheLoopHasHeardThatTheOldOneWasLost() {
        start();
        until(() -> !published.isEmpty() && last().size() == 4 && !keeper.fenced());

        lanes.takeAll();

        until(() -> published.contains(Map.of()) && last().size() == 4);
        assertThat(keeper.fenced()).isTrue();
        assertThat(keeper.losses()).isEqualTo(1);
        keeper.heard(1);
        until(() -> !keeper.fenced());
    }

    @Test
    void sendsNothingWhenTheLoopHasHeardOfAnEarlierLossOnly() {
        start();
        until(() -> !published.isEmpty() && last().size() == 4);
        lanes.takeAll();
        until(() -> published.contains(Map.of()) && last().size() == 4);
        lanes.takeAll();
        until(() -> keeper.losses() == 2 && last().size() == 4);

        keeper.heard(1);

        assertThat(keeper.fenced()).isTrue();
    }

    /** It may be sending under a lease that has ended by the clock of the database only. */
    @Test
    void leavesItsLanesToAProcessThatLivesWhenTheClockOfTheDatabaseIsSetForward() {
        AtomicLong ahead = new AtomicLong();
        MemoryLanes shared = new MemoryLanes(4, () -> System.nanoTime() + ahead.get());
        UUID living = UUID.randomUUID();
        shared.join(living, "living", LEASE);
        shared.claim(living, 4);
        AtomicLong time = new AtomicLong();
        LaneKeeper other = keeper(shared, new Circumstances() {
            @Override
            public long nanoTime() {
                return time.get();
            }
        });
        serve(other);
        other.beat();

        ahead.addAndGet(Duration.ofHours(1).toNanos());
        other.beat();

        assertThat(shared.owned(living)).hasSize(4);
        time.addAndGet(LEASE.toNanos() / 2);
        other.beat();
        assertThat(shared.owned(living)).isEmpty();
    }

    /** A lease, and a third of it until the next look. */
    @Test
    void takesTheLanesOfADeadProcessOverWithinALeaseAndAThird() {
        for (long phase = 0; phase < LEASE.toNanos() / 3; phase += LEASE.toNanos() / 30) {
            assertThat(takeOver(phase, Duration.ZERO))
                    .isBetween(LEASE, LEASE.multipliedBy(4).dividedBy(3));
        }
    }

    /** Two leases by the own clock, from when its last sign of life was first seen. */
    @Test
    void takesThemOverWithinTwoLeasesAndTwoThirdsWhenTheClockOfTheDatabaseIsSetBack() {
        for (long phase = 0; phase < LEASE.toNanos() / 3; phase += LEASE.toNanos() / 30) {
            assertThat(takeOver(phase, Duration.ofMinutes(10)))
                    .isBetween(LEASE.multipliedBy(2), LEASE.multipliedBy(8).dividedBy(3));
        }
    }

    /**
     * @param phase of the survivor's heartbeats, behind those of the other
     * @param setBack by how much the clock of the database is, at the death
     * @return from the last heartbeat of the dead process until all its lanes are the other's
     */
    private static Duration takeOver(long phase, Duration setBack) {
        long beat = LEASE.toNanos() / 3;
        AtomicLong time = new AtomicLong();
        AtomicLong ahead = new AtomicLong();
        Circumstances clock = new Circumstances() {
            @Override
            public long nanoTime() {
                return time.get();
            }
        };
        MemoryLanes lanes = new MemoryLanes(4, () -> time.get() + ahead.get());
        LaneKeeper dying = keeper(lanes, clock);
        LaneKeeper survivor = keeper(lanes, clock);
        serve(dying, claims -> {});
        AtomicReference<Map<Integer, LaneClaim>> taken = new AtomicReference<>(Map.of());
        serve(survivor, taken::set);
        for (int i = 0; i < 5; i++) {
            dying.beat();
            time.addAndGet(phase);
            survivor.beat();
            time.addAndGet(beat - phase);
        }
        dying.beat();
        assertThat(taken.get()).hasSize(2);

        long death = time.get();
        ahead.addAndGet(-setBack.toNanos());
        time.addAndGet(phase);
        for (survivor.beat(); taken.get().size() < 4; survivor.beat()) {
            time.addAndGet(beat);
            assertThat(time.get() - death).isLessThan(10 * beat);
        }
        return Duration.ofNanos(time.get() - death);
    }

    private Map<Integer, LaneClaim> last() {
        return published.get(published.size() - 1);
    }

    private void start() {
        serve(keeper);
        keeper.start();
    }

    private static LaneKeeper keeper(MemoryLanes lanes, Circumstances circumstances) {
        return new LaneKeeper(
                lanes,
                "test",
                LEASE,
                new LaneChange(lanes, LEASE, LEASE, circumstances),
                RelayObserver.NONE,
                circumstances);
    }

    private void serve(LaneKeeper each) {
        serve(each, published::add);
    }

    private static void serve(LaneKeeper each, Consumer<Map<Integer, LaneClaim>> owner) {
        each.serve(owner, lane -> CompletableFuture.completedFuture(null), layout -> true, () -> false, () -> 0);
    }
}
