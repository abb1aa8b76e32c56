package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.RelayObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneKeeperTests {

    private static final Duration LEASE = Duration.ofSeconds(3);

    private final MemoryLanes lanes = new MemoryLanes(4);
    private final List<Map<Integer, LaneClaim>> published = new CopyOnWriteArrayList<>();
    private final LaneKeeper keeper = new LaneKeeper(
            lanes,
            "test",
            LEASE,
            new LaneChange(lanes, LEASE, LEASE, Circumstances.REAL),
            RelayObserver.NONE,
            Circumstances.REAL);

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

    private Map<Integer, LaneClaim> last() {
        return published.get(published.size() - 1);
    }

    private void start() {
        keeper.serve(
                published::add, lane -> CompletableFuture.completedFuture(null), layout -> true, () -> false, () -> 0);
        keeper.start();
    }
}
