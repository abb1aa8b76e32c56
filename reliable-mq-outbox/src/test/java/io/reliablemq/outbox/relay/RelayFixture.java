package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;

/** Relays over tables in memory and a scripted broker, in a hurry. */
final class RelayFixture implements AutoCloseable {

    static final int LANES = 4;
    static final Duration LEASE = Duration.ofMillis(1500);

    final MemoryOutbox store = new MemoryOutbox(LANES);
    final MemoryLanes lanes = new MemoryLanes(LANES);
    final ScriptedSender sender = new ScriptedSender();
    private final List<OutboxRelay> relays = new ArrayList<>();

    static RelaySettings settings(int maxInFlight, int maxHeld) {
        return settings(maxInFlight, maxHeld, Duration.ofMillis(200), LEASE);
    }

    static RelaySettings settings(int maxInFlight, int maxHeld, Duration sweep, Duration lease) {
        return new RelaySettings(
                LANES,
                lease,
                Duration.ofMillis(1),
                Duration.ofMillis(20),
                Duration.ofSeconds(2),
                sweep,
                maxInFlight,
                maxHeld,
                8L * 1024 * 1024,
                new Backoff(Duration.ofMillis(1), Duration.ofMillis(10)),
                Duration.ofSeconds(5));
    }

    OutboxRelay start() {
        return start(settings(64, 512));
    }

    OutboxRelay start(RelaySettings settings) {
        return start(settings, RelayObserver.NONE);
    }

    OutboxRelay start(RelaySettings settings, RelayObserver observer) {
        OutboxRelay relay = new OutboxRelay(store, lanes, new LaneLayout(LANES), sender, settings, observer, "test");
        relays.add(relay);
        relay.start();
        return relay;
    }

    void untilAllStored(List<OutboxRow> rows) {
        List<UUID> ids = ids(rows);
        until(() -> sender.stored().containsAll(ids));
    }

    void untilDrained() {
        until(() -> store.size() == 0);
    }

    static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    static List<UUID> ids(List<OutboxRow> rows) {
        return rows.stream().map(row -> row.ref().messageId()).toList();
    }

    /** A condition that was true stays true while the relay has every chance to break it. */
    void staysSo(Runnable assertion) {
        int readsBefore = store.scans.get();
        until(() -> {
            assertion.run();
            return store.scans.get() - readsBefore > LANES;
        });
        assertion.run();
    }

    @Override
    public void close() {
        relays.forEach(OutboxRelay::stop);
        assertThat(sender.twiceAtOnce()).as("in flight twice at once").isEmpty();
    }
}
