package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.SharedTables.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Action;
import io.reliablemq.outbox.OutboxOperations.Lanes;
import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.Stage;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.operations.AuditedOperations;
import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lane count is changed while two processes relay and write. */
abstract class ChangingLanesContract {

    private static final Executor OWN_THREAD = task -> new Thread(task).start();
    private static final Action ACTION = Action.by("operator", "more instances");
    private static final int LANES = 6;
    private static final int WRITERS = 4;
    private static final int KEYS_OF_EACH = 4;
    /** Some of each key, so that its next one is written before it is sent, and not so many that a change takes long. */
    private static final int MOST_WAITING = 300;

    private static final RelaySettings SETTINGS = new RelaySettings(
            LANES,
            Duration.ofSeconds(2),
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            128,
            1024,
            16L * 1024 * 1024,
            new Backoff(Duration.ofMillis(5), Duration.ofMillis(50)),
            Duration.ofSeconds(5));

    private final SlowBroker broker = new SlowBroker();
    private final List<OutboxRelay> relays = new ArrayList<>();
    private SharedTables tables;
    private JdbcOutbox outbox;
    private OutboxOperations operations;
    private volatile boolean writing = true;

    @BeforeEach
    void createTables(Database database) {
        tables = new SharedTables(database, WRITERS + 4, LANES);
        outbox = tables.outbox;
        operations = new AuditedOperations(
                outbox.operators(), () -> outbox.lanes().layout(), message -> {}, message -> message, deed -> {});
    }

    @AfterEach
    void stop() {
        writing = false;
        relays.forEach(OutboxRelay::stop);
        broker.close();
        tables.close();
    }

    private OutboxRelay start() {
        return start(new Freezer());
    }

    private OutboxRelay start(Freezer freezer) {
        JdbcOutbox own = tables.ofAnotherProcess();
        OutboxRelay relay = new OutboxRelay(
                freezer.around(OutboxStore.class, own.store()),
                freezer.around(LaneStore.class, own.lanes()),
                own.lanes().layout(1),
                broker,
                SETTINGS,
                RelayObserver.NONE,
                "relay-" + relays.size());
        relays.add(relay);
        relay.start();
        return relay;
    }

    @Test
    void loseNothingAndKeepTheOrderWhileTheCountGoesUpAndDown() {
        OutboxRelay one = start();
        OutboxRelay other = start();
        until(() -> one.status().lanes() == LANES / 2 && other.status().lanes() == LANES / 2);
        List<CompletableFuture<Map<String, List<UUID>>>> load = IntStream.range(0, WRITERS)
                .mapToObj(writer -> CompletableFuture.supplyAsync(() -> writeOn(writer), OWN_THREAD))
                .toList();
        until(() -> broker.stored().size() > 500);

        change(10);
        change(4);

        writing = false;
        Map<String, List<UUID>> written = new LinkedHashMap<>();
        load.forEach(writer -> written.putAll(writer.join()));
        until(() -> waiting() == 0);
        int total = written.values().stream().mapToInt(List::size).sum();
        written.forEach((key, ids) -> {
            if (!key.startsWith("unordered")) {
                assertThat(broker.storedOf(key)).as(key).isEqualTo(ids);
            }
        });
        assertThat(broker.stored())
                .as("nobody was killed, so there is no duplicate")
                .hasSize(total)
                .doesNotHaveDuplicates();
        until(() -> one.status().lanes() == 2 && other.status().lanes() == 2);
    }

    /** Starts at the count that there is, waits until it is the other, with some load before, in and after each step. */
    private void change(int lanes) {
        operations.changeLanes(lanes, ACTION);
        until(() -> operations.lanes().stage() == Stage.SETTLED);
        assertThat(operations.lanes()).isEqualTo(new Lanes(Stage.SETTLED, lanes, lanes, 0, 0, List.of()));
        until(() -> outbox.lanes().lanes() == lanes);
        int before = broker.stored().size();
        until(() -> broker.stored().size() > before + 200);
    }

    /** Messages of keys that nobody else writes, one transaction after the other, through one process or the other. */
    private Map<String, List<UUID>> writeOn(int writer) {
        Map<String, List<UUID>> written = new LinkedHashMap<>();
        Random random = new Random(writer);
        while (writing) {
            OutboxRelay process = relays.get(random.nextInt(relays.size()));
            List<LaneMessage> batch = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String key = "key-" + writer + "-" + random.nextInt(KEYS_OF_EACH);
                batch.add(inLane(process.layout(), message(key), written, key));
            }
            OutgoingMessage unordered = message(null);
            batch.add(new LaneMessage(process.unorderedLane(), unordered));
            written.computeIfAbsent("unordered-" + writer, k -> new ArrayList<>())
                    .add(unordered.id());
            tables.insert(batch);
            if (waiting() >= MOST_WAITING) {
                until(() -> waiting() < MOST_WAITING);
            }
        }
        return written;
    }

    private static LaneMessage inLane(
            LaneLayout layout, OutgoingMessage message, Map<String, List<UUID>> written, String key) {
        written.computeIfAbsent(key, k -> new ArrayList<>()).add(message.id());
        return new LaneMessage(layout.laneOf(key), message);
    }

    @Test
    void keepTheOrderOfAWriterThatIsPausedBetweenTheLaneAndTheCommit() throws Exception {
        OutboxRelay relay = start();
        start();
        until(() -> relay.status().lanes() == LANES / 2);
        for (Stage stage : List.of(Stage.ANNOUNCED, Stage.SWITCHED)) {
            int lanes = operations.lanes().to() == 10 ? LANES : 10;
            LaneLayout before = outbox.lanes().layout();
            String key = keyThatMoves(before.lanes(), lanes);
            OutgoingMessage first = message(key);
            OutgoingMessage second = message(key);
            Paused paused = new Paused(new LaneMessage(before.laneOf(key), first));
            broker.keepsWaiting = message -> message.id().equals(first.id());

            operations.changeLanes(lanes, ACTION);
            if (stage == Stage.SWITCHED) {
                untilStage(stage);
            }
            paused.commit();
            untilStage(Stage.SWITCHED);
            tables.insert(List.of(new LaneMessage(new LaneLayout(lanes).laneOf(key), second)));

            until(() -> broker.isOpen(first.id()));
            OutgoingMessage other = message(null);
            tables.insert(List.of(new LaneMessage(new LaneLayout(lanes).laneOf(key), other)));
            until(() -> broker.stored().contains(other.id()));
            assertThat(operations.lanes().misplaced()).isEqualTo(1);
            assertThat(broker.isOpen(second.id())).as("waits for the first").isFalse();
            broker.keepsWaiting = message -> false;
            until(() -> broker.storedOf(key).equals(List.of(first.id(), second.id())));
            untilStage(Stage.SETTLED);
        }
    }

    @Test
    void sendWhatWasCommittedAfterAllIsOverAndBecomeCarefulAgain() throws Exception {
        OutboxRelay relay = start();
        until(() -> relay.status().lanes() == LANES);
        String key = keyThatMoves(LANES, 3);
        OutgoingMessage ordered = message(key);
        OutgoingMessage unordered = message(null);
        Paused pausedInOrder = new Paused(new LaneMessage(new LaneLayout(LANES).laneOf(key), ordered));
        Paused pausedWithout = new Paused(new LaneMessage(LANES - 1, unordered));
        operations.changeLanes(3, ACTION);
        untilStage(Stage.SETTLED);
        until(() -> outbox.lanes().lanes() == 3);
        long epoch = outbox.lanes().layout().epoch();

        pausedInOrder.commit();
        pausedWithout.commit();

        until(() -> broker.stored().containsAll(List.of(ordered.id(), unordered.id())));
        until(() -> outbox.lanes().layout().epoch() > epoch);
        untilStage(Stage.SETTLED);
        until(() -> outbox.lanes().lanes() == 3 && relay.status().lanes() == 3);
        assertThat(outbox.lanes().layout().lanes()).isEqualTo(3);
    }

    @Test
    void parkWhatComesBehindAParkedMessageInAnotherLane() {
        OutboxRelay relay = start();
        start();
        until(() -> relay.status().lanes() == LANES / 2);
        String key = keyThatMoves(LANES, 10);
        List<UUID> ids = new ArrayList<>();
        broker.refuses = message -> key.equals(message.orderingKey());
        write(key, ids);
        until(() -> parked() == 1);
        broker.refuses = message -> false;
        assertThat(operations.changeLanes(10, ACTION.asDryRun()).misplacedParked())
                .isEqualTo(1);
        operations.changeLanes(10, ACTION);
        untilStage(Stage.SWITCHED);

        write(key, ids);
        write(key, ids);

        until(() -> parked() == 3);
        assertThat(operations.release(Parked.message(ids.get(1)), 1, ACTION).blocked())
                .isEqualTo(1);
        assertThat(operations.lanes().misplacedParked()).isEqualTo(1);
        until(() -> {
            operations.release(Parked.key("topic", key), 100, ACTION);
            return parked() == 0;
        });
        write(key, ids);
        until(() -> broker.storedOf(key).equals(ids));
        untilStage(Stage.SETTLED);
    }

    @Test
    void waitForAProcessThatOnlyWrites() {
        OutboxRelay relay = start();
        UUID silent = UUID.randomUUID();
        outbox.lanes().joinAsWriter(silent, "silent", Duration.ofMinutes(10));
        until(() -> nodes() == 2 && relay.status().lanes() == LANES);

        operations.changeLanes(10, ACTION);

        until(() ->
                relay.layout().isChanging() && operations.lanes().waitingFor().size() == 1);
        assertThat(operations.lanes().waitingFor().get(0)).startsWith("silent");
        assertThat(operations.lanes().stage()).isEqualTo(Stage.ANNOUNCED);
        assertThat(relay.layout().lanes()).as("is still written with").isEqualTo(LANES);
        outbox.lanes().leave(silent);
        untilStage(Stage.SETTLED);
        until(() -> relay.status().lanes() == 10);
    }

    @Test
    void letAnInstanceThatOnlyWritesFollowTheCount() {
        OutboxRelay relay = start();
        WriteOnlyNode writer =
                new WriteOnlyNode(outbox.lanes(), outbox.lanes().layout(), "writer", Duration.ofSeconds(2));
        writer.start();
        try {
            until(() -> nodes() == 2 && relay.status().lanes() == LANES);

            operations.changeLanes(10, ACTION);

            untilStage(Stage.SETTLED);
            until(() -> writer.layout().equals(outbox.lanes().layout()));
            assertThat(writer.layout().lanes()).isEqualTo(10);
            assertThat(IntStream.range(0, 1000).map(i -> writer.unorderedLane()).max())
                    .hasValue(9);
        } finally {
            writer.stop();
        }
        until(() -> nodes() == 1);
    }

    @Test
    void goOnWhenAProcessIsStoppedInTheMiddleOfTheChange() {
        OutboxRelay survivor = start();
        Freezer freezer = new Freezer();
        OutboxRelay dies = start(freezer);
        until(() -> survivor.status().lanes() == LANES / 2 && dies.status().lanes() == LANES / 2);
        String key = keyThatMoves(LANES, 10);
        List<UUID> ids = new ArrayList<>();
        write(key, ids);

        freezer.frozen = true;
        operations.changeLanes(10, ACTION);
        write(key, ids);

        untilStage(Stage.SWITCHED);
        write(key, ids);
        untilStage(Stage.SETTLED);
        until(() -> survivor.status().lanes() == 10);
        write(key, ids);
        until(() -> broker.storedOf(key).stream().distinct().toList().equals(ids));
        freezer.thaw();
        until(() -> survivor.status().lanes() == 5 && dies.status().lanes() == 5);
        until(() -> dies.layout().equals(outbox.lanes().layout()));
    }

    /** A transaction that has drawn its row id and is not committed. */
    private final class Paused {

        private final CountDownLatch mayCommit = new CountDownLatch(1);
        private final CompletableFuture<Void> done;

        Paused(LaneMessage message) throws InterruptedException {
            CountDownLatch inserted = new CountDownLatch(1);
            done = CompletableFuture.runAsync(
                    () -> tables.transaction().executeWithoutResult(status -> {
                        outbox.store().insert(List.of(message));
                        inserted.countDown();
                        try {
                            mayCommit.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }),
                    OWN_THREAD);
            inserted.await();
        }

        void commit() {
            mayCommit.countDown();
            done.join();
        }
    }

    private static String keyThatMoves(int from, int to) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "key-" + i)
                .filter(key -> new LaneLayout(from).laneOf(key) >= 3)
                .filter(key -> new LaneLayout(from).laneOf(key) != new LaneLayout(to).laneOf(key))
                .findFirst()
                .orElseThrow();
    }

    /** As a process does that works by what the database says. */
    private void write(String key, List<UUID> ids) {
        OutgoingMessage message = message(key);
        ids.add(message.id());
        tables.insert(List.of(new LaneMessage(outbox.lanes().layout().laneOf(key), message)));
    }

    private long waiting() {
        return outbox.store().load(100_000).rows();
    }

    private long parked() {
        return operations.count(Parked.all());
    }

    private int nodes() {
        Integer nodes = tables.jdbc.queryForObject("SELECT COUNT(*) FROM reliable_mq_outbox_node", Integer.class);
        return nodes == null ? 0 : nodes;
    }

    private void untilStage(Stage stage) {
        until(() -> operations.lanes().stage() == stage);
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
