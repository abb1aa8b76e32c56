package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static io.reliablemq.outbox.relay.ScriptedSender.UNKNOWN;
import static io.reliablemq.outbox.relay.SharedTables.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.LaneStore.Neighbour;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes relay the same outbox, each with its own connections. */
abstract class TwoRelaysContract {

    /** Those of the common pool may be too few for transactions that wait for each other. */
    private static final Executor OWN_THREAD = task -> new Thread(task).start();

    /** System property: how many rows the race is about. */
    private static final int ROWS = Integer.getInteger("reliable-mq.race.rows", 10_000);

    private static final int LANES = 16;
    private static final Duration LEASE = Duration.ofSeconds(4);
    private static final RelaySettings SETTINGS = new RelaySettings(
            LANES,
            LEASE,
            Duration.ofMillis(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            128,
            1024,
            16L * 1024 * 1024,
            new Backoff(Duration.ofMillis(5), Duration.ofMillis(50)),
            Duration.ofSeconds(5));

    private final ScriptedSender broker = new ScriptedSender();
    private final List<OutboxRelay> relays = new ArrayList<>();
    private SharedTables tables;
    private JdbcOutbox outbox;
    private LaneLayout layout;

    @BeforeEach
    void createTables(Database database) {
        tables = new SharedTables(database, 4, LANES);
        outbox = tables.outbox;
        layout = tables.layout;
    }

    @AfterEach
    void stop() {
        relays.forEach(OutboxRelay::stop);
        tables.close();
    }

    @Test
    void raceForManyRowsAndSendEachOnceAndInOrder() {
        Map<String, List<UUID>> written = write(ROWS / 2);
        OutboxRelay first = start(broker, new Freezer());
        OutboxRelay second = start(broker, new Freezer());
        until(() -> first.status().lanes() == LANES / 2 && second.status().lanes() == LANES / 2);

        merge(written, write(ROWS / 2));

        Awaitility.await().atMost(drainTime()).until(() -> waiting() == 0);
        assertStored(written, ROWS);
        assertThat(broker.sends)
                .as("sends: nobody was killed, so there is no duplicate")
                .hasValue(ROWS);
    }

    @Test
    void takeOverFromAKilledProcess() {
        Freezer freezer = new Freezer();
        MessageSender blackHole = message -> freezer.frozen ? new CompletableFuture<>() : broker.send(message);
        Map<String, List<UUID>> written = write(ROWS / 10);
        OutboxRelay killed = start(blackHole, freezer);
        until(() -> killed.status().lanes() == LANES);
        OutboxRelay survivor = start(broker, new Freezer());
        until(() -> killed.status().lanes() == LANES / 2 && survivor.status().lanes() == LANES / 2);

        freezer.frozen = true;
        merge(written, write(ROWS / 10));

        Awaitility.await()
                .atMost(LEASE.plus(LEASE.dividedBy(3)).plusSeconds(15))
                .until(() -> survivor.status().lanes() == LANES);
        Awaitility.await().atMost(drainTime()).until(() -> waiting() == 0);
        assertStored(written, 2 * (ROWS / 10));
        freezer.thaw();
    }

    @Test
    void keepTheOrderWhenAFrozenProcessGoesOnAfterItWasExpelled() {
        Freezer freezer = new Freezer();
        Random random = new Random(7);
        broker.script = message -> random.nextInt(20) == 0 ? UNKNOWN : STORED;
        OutboxRelay zombie = start(broker, freezer);
        until(() -> zombie.status().lanes() == LANES);
        freezer.frozen = true;
        Map<String, List<UUID>> written = write(1000);
        OutboxRelay other = start(broker, new Freezer());
        until(() -> other.status().lanes() == LANES);

        freezer.thaw();
        merge(written, write(1000));

        until(() -> waiting() == 0);
        assertStored(written, 2000);
        until(() -> zombie.status().lanes() == LANES / 2 && other.status().lanes() == LANES / 2);
    }

    @Test
    void leaveTheLanesToAnOwnerWhoseHeartbeatCommitsDuringTheSteal() throws Exception {
        UUID owner = UUID.randomUUID();
        outbox.lanes().join(owner, "slow", Duration.ofMillis(1));
        List<LaneClaim> claims = List.copyOf(outbox.lanes().claim(owner, LANES));
        Neighbour seen = outbox.lanes().neighbours(UUID.randomUUID()).stream()
                .filter(each -> each.node().equals(owner))
                .findFirst()
                .orElseThrow();
        CountDownLatch beaten = new CountDownLatch(1);
        CountDownLatch commit = new CountDownLatch(1);
        CompletableFuture<Void> heartbeat = CompletableFuture.runAsync(
                () -> tables.transaction().executeWithoutResult(status -> {
                    tables.jdbc.update(
                            "UPDATE reliable_mq_outbox_node SET lease_until_ms = lease_until_ms + 3600000 WHERE name = 'slow'");
                    beaten.countDown();
                    await(commit);
                }),
                OWN_THREAD);
        beaten.await();

        CompletableFuture<Integer> steal =
                CompletableFuture.supplyAsync(() -> outbox.lanes().expel(seen), OWN_THREAD);
        commit.countDown();

        assertThat(steal.get()).isZero();
        heartbeat.get();
        assertThat(outbox.lanes().owned(owner)).hasSize(claims.size());
    }

    @Test
    void doNotDeleteUnsentWhatIsCommittedBetweenReadAndDelete() throws Exception {
        OutboxRelay relay = start(broker, new Freezer());
        until(() -> relay.status().lanes() == LANES);
        CountDownLatch drawn = new CountDownLatch(1);
        CountDownLatch commit = new CountDownLatch(1);
        LaneMessage late = new LaneMessage(3, message(null));
        CompletableFuture<List<OutboxRow>> slow = CompletableFuture.supplyAsync(
                () -> tables.transaction().execute(status -> {
                    List<OutboxRow> rows = outbox.store().insert(List.of(late));
                    drawn.countDown();
                    await(commit);
                    return rows;
                }),
                OWN_THREAD);
        drawn.await();
        List<LaneMessage> later = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            later.add(new LaneMessage(3, message(null)));
        }
        tables.insert(later);
        until(() -> broker.stored().size() == 50 && waiting() == 0);

        commit.countDown();

        assertThat(slow.get()).hasSize(1);
        until(() -> broker.stored().contains(late.message().id()) && waiting() == 0);
    }

    private OutboxRelay start(MessageSender sender, Freezer freezer) {
        JdbcOutbox own = tables.ofAnotherProcess();
        OutboxRelay relay = new OutboxRelay(
                freezer.around(OutboxStore.class, own.store()),
                freezer.around(LaneStore.class, own.lanes()),
                layout,
                sender,
                SETTINGS,
                RelayObserver.NONE,
                "relay-" + relays.size());
        relays.add(relay);
        relay.start();
        return relay;
    }

    /** Half ordered over 100 keys, half not, in transactions of 100; returns the ids of each key in their order. */
    private Map<String, List<UUID>> write(int count) {
        Map<String, List<UUID>> byKey = new LinkedHashMap<>();
        Random random = new Random(count);
        List<LaneMessage> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = i % 2 == 0 ? "key-" + random.nextInt(100) : null;
            OutgoingMessage message = message(key);
            batch.add(new LaneMessage(key == null ? i % LANES : layout.laneOf(key), message));
            byKey.computeIfAbsent(String.valueOf(key), k -> new ArrayList<>()).add(message.id());
            if (batch.size() == 100 || i == count - 1) {
                tables.insert(batch);
                batch.clear();
            }
        }
        return byKey;
    }

    private static void merge(Map<String, List<UUID>> into, Map<String, List<UUID>> more) {
        more.forEach(
                (key, ids) -> into.computeIfAbsent(key, k -> new ArrayList<>()).addAll(ids));
    }

    private long waiting() {
        return outbox.store().backlog().rows();
    }

    private void assertStored(Map<String, List<UUID>> written, int total) {
        Set<UUID> all = new HashSet<>();
        written.values().forEach(all::addAll);
        assertThat(all).hasSize(total);
        assertThat(Set.copyOf(broker.stored())).isEqualTo(all);
        written.remove("null");
        written.forEach(
                (key, ids) -> assertThat(broker.storedOf("topic", key)).as(key).isEqualTo(ids));
    }

    private static Duration drainTime() {
        return Duration.ofSeconds(60 + ROWS / 200);
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
