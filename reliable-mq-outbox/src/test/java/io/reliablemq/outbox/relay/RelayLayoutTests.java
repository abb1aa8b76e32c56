package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.LANES;
import static io.reliablemq.outbox.relay.RelayFixture.until;
import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a relay does before it says that it works by another lane layout: whoever changes it relies on that. */
class RelayLayoutTests {

    private static final LaneLayout CHANGING = new LaneLayout(LANES, LANES / 2, 1);

    private final RelayFixture fixture = new RelayFixture();
    private final MemoryLanes lanes = fixture.lanes;

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void acknowledgesALayoutOnlyOnceItsLoopWorksByIt() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        fixture.sender.script = message -> {
            hanging.countDown();
            await(goOn);
            return STORED;
        };
        AtomicInteger fenced = new AtomicInteger();
        OutboxRelay relay = fixture.start(RelayFixture.settings(64, 512), new RelayObserver() {
            @Override
            public void fenced(String reason) {
                fenced.incrementAndGet();
            }
        });
        until(() -> relay.status().lanes() == LANES);
        // from the moment on at which the change is seen, so that there is one more heartbeat before the relay is
        // fenced
        lanes.beforeLayoutIsRead = () -> {
            if (lanes.layout.isChanging() && hanging.getCount() > 0) {
                fixture.store.write("topic", "key");
                await(hanging);
            }
        };
        lanes.layout = CHANGING;
        until(() -> relay.layout().isChanging());
        int reads = lanes.layoutReads.get();
        until(() -> fenced.get() > 0 || lanes.layoutReads.get() > reads);

        assertThat(lanes.acknowledgements).hasValue(0);
        goOn.countDown();
        until(() -> lanes.allHaveAcknowledged(1));
        fixture.untilDrained();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void takesNoLaneBeforeItWorksByTheLayout() {
        lanes.layout = CHANGING;

        OutboxRelay relay = fixture.start();

        until(() -> relay.status().lanes() == LANES);
        assertThat(lanes.claimedUnknowing).isFalse();
    }

    /** Whoever is not registered is not waited for. */
    @Test
    void readsTheLayoutAfterItIsRegistered() {
        lanes.beforeJoin = () -> lanes.layout = CHANGING;

        OutboxRelay relay = fixture.start();

        until(() -> relay.status().lanes() == LANES);
        assertThat(lanes.claimedUnknowing).isFalse();
    }

    @Test
    void acknowledgesOnceAndAgainWhenItIsRegisteredAnew() {
        lanes.layout = CHANGING;
        fixture.start();
        until(() -> lanes.allHaveAcknowledged(1));
        int reads = lanes.layoutReads.get();
        until(() -> lanes.layoutReads.get() > reads + 1);
        assertThat(lanes.acknowledgements).hasValue(1);

        lanes.takeAll();

        until(() -> lanes.allHaveAcknowledged(1));
        assertThat(lanes.acknowledgements).hasValue(2);
    }

    /** Longer than any writer that is not dead can take from the lane to the commit, and than anybody reads behind its cursor. */
    @Test
    void letsALeaseAndTheTrailingTimePassBeforeAChangeMayEnd() {
        lanes.layout = CHANGING;
        fixture.start();
        RelaySettings settings = RelayFixture.settings(64, 512);

        until(() -> !lanes.grace.isZero());

        assertThat(lanes.grace).isEqualTo(settings.lease().plus(settings.trailing()));
    }
}
