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
        each.serve(
                published::add, lane -> CompletableFuture.completedFuture(null), layout -> true, () -> false, () -> 0);
    }
}
