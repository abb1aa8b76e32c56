package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.ids;
import static io.reliablemq.outbox.relay.RelayFixture.until;
import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelayObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayLanesTests {

    private final RelayFixture fixture = new RelayFixture();
    private final MemoryOutbox store = fixture.store;
    private final ScriptedSender sender = fixture.sender;

    @AfterEach
    void stop() {
        sender.script = message -> STORED;
        sender.open().forEach(id -> sender.answer(id, STORED, true));
        fixture.close();
    }

    @Test
    void sendsNothingOnceItsLeaseMayHaveEnded() {
        AtomicInteger fenced = new AtomicInteger();
        OutboxRelay relay = fixture.start(RelayFixture.settings(64, 512), new RelayObserver() {
            @Override
            public void fenced(String reason) {
                fenced.incrementAndGet();
            }
        });
        until(() -> relay.status().lanes() == RelayFixture.LANES);
        fixture.lanes.broken = true;
        until(() -> fenced.get() > 0);

        List<OutboxRow> rows = store.write(10, "topic", "key");
        relay.committed(store.write(1, "topic", null));

        int before = fenced.get();
        until(() -> fenced.get() > before + 1);
        assertThat(sender.sends).hasValue(0);
        fixture.lanes.broken = false;
        fixture.untilDrained();
        assertThat(sender.storedOf("topic", "key")).isEqualTo(ids(rows));
    }

    /** Owns all lanes; answers why it is fenced, as it comes. */
    private List<String> startNotingFences() {
        List<String> fenced = new CopyOnWriteArrayList<>();
        OutboxRelay relay = fixture.start(RelayFixture.settings(64, 512), new RelayObserver() {
            @Override
            public void fenced(String reason) {
                fenced.add(reason);
            }
        });
        until(() -> relay.status().lanes() == RelayFixture.LANES);
        return fenced;
    }

    /** All goes on being sent, and nothing of it is ever done: another process has to see to it. */
    @Test
    void doesNotKeepItsLanesWhenDeletingHangs() {
        CountDownLatch hang = new CountDownLatch(1);
        store.hangSettling = hang;
        List<String> fenced = startNotingFences();
        List<OutboxRow> rows = store.write(10, "topic", "key");

        until(() -> fenced.contains("the relay loop stands"));

        store.hangSettling = null;
        hang.countDown();
        fixture.untilAllStored(rows);
        fixture.untilDrained();
    }

    @Test
    void doesNotKeepItsLanesWhenReadingHangs() {
        List<String> fenced = startNotingFences();
        CountDownLatch hang = new CountDownLatch(1);
        store.hang = hang;

        until(() -> fenced.contains("the relay loop stands"));

        store.hang = null;
        hang.countDown();
        fixture.untilAllStored(store.write(10, "topic", "key"));
        fixture.untilDrained();
    }

    @Test
    void handsLanesOverWithNothingInFlight() {
        List<OutboxRow> rows = store.write(200, "topic", "key");
        OutboxRelay first = fixture.start();
        until(() -> first.status().lanes() == RelayFixture.LANES);

        OutboxRelay second = fixture.start();

        until(() -> first.status().lanes() == 2 && second.status().lanes() == 2);
        fixture.untilDrained();
        assertThat(sender.storedOf("topic", "key")).isEqualTo(ids(rows));
        assertThat(sender.sends).hasValue(200);
    }

    @Test
    void givesItsLanesUpWhenItStops() {
        OutboxRelay first = fixture.start();
        OutboxRelay second = fixture.start();
        until(() -> first.status().lanes() == 2 && second.status().lanes() == 2);

        first.stop();

        until(() -> second.status().lanes() == RelayFixture.LANES);
    }

    @Test
    void worksAgainWhenItIsStartedAgain() {
        OutboxRelay relay = fixture.start();
        fixture.untilAllStored(store.write(10, "topic", "key"));
        relay.stop();
        assertThat(relay.status().running()).isFalse();
        List<OutboxRow> rows = store.write(10, "topic", "key");

        relay.start();
        relay.start();

        fixture.untilAllStored(rows);
        until(() -> relay.status().lanes() == RelayFixture.LANES);
        relay.committed(store.write(1, "topic", null));
        fixture.untilDrained();
        assertThat(sender.sends).hasValue(21);
    }

    @Test
    void joinsAfterAFailedJoinThatTookEffect() {
        fixture.lanes.joinAmbiguous = true;

        OutboxRelay relay = fixture.start();

        until(() -> relay.status().lanes() == RelayFixture.LANES);
    }

    @Test
    void takesItsLanesAgainAfterItWasExpelled() {
        OutboxRelay relay = fixture.start();
        until(() -> relay.status().lanes() == RelayFixture.LANES);

        fixture.lanes.takeAll();
        OutboxRow row = store.write("topic", "key");

        fixture.untilAllStored(List.of(row));
        fixture.untilDrained();
    }
}
