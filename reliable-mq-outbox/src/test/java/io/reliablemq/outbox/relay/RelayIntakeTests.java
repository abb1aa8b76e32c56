package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.ids;
import static io.reliablemq.outbox.relay.RelayFixture.until;
import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayIntakeTests {

    private final RelayFixture fixture = new RelayFixture();
    private final MemoryOutbox store = fixture.store;
    private final ScriptedSender sender = fixture.sender;

    @AfterEach
    void stop() {
        sender.open().forEach(id -> sender.answer(id, STORED, true));
        fixture.close();
    }

    @Test
    void sendsWhatItsWriterHandsOverOnce() {
        OutboxRelay relay = fixture.start(RelayFixture.settings(64, 512, Duration.ofSeconds(10), RelayFixture.LEASE));
        until(() ->
                fixture.lanes.owned() == RelayFixture.LANES && relay.status().lanes() == RelayFixture.LANES);
        OutboxRow row = store.draw("topic", null);

        relay.announce(ids(List.of(row)));
        store.commit(row);
        fixture.staysSo(() -> assertThat(sender.sends).hasValue(0));
        relay.committed(List.of(row));

        fixture.untilDrained();
        assertThat(sender.sends).hasValue(1);
    }

    @Test
    void sendsWhatWasJustCommittedWithoutReadingIt() {
        OutboxRelay relay = fixture.start();
        until(() -> relay.status().lanes() == RelayFixture.LANES);
        store.broken = true;

        relay.committed(List.of(store.write("topic", null)));

        until(() -> sender.stored().size() == 1);
        store.broken = false;
        fixture.untilDrained();
    }

    @Test
    void readsTheTableWhileMoreIsCommittedHereThanTheBrokerTakes() {
        sender.script = message -> null;
        OutboxRelay relay = fixture.start(RelayFixture.settings(8, 64));
        until(() -> relay.status().lanes() == RelayFixture.LANES);
        relay.committed(store.write(200, "topic", null));
        OutboxRow ordered = store.write("topic", "key");

        until(() -> {
            relay.committed(store.write(20, "topic", null));
            sender.open().stream().limit(4).forEach(id -> sender.answer(id, STORED, true));
            return sender.stored().contains(ordered.ref().messageId());
        });

        sender.script = message -> STORED;
    }

    @Test
    void leavesAnnouncedMessagesAloneUntilTheyAreReleased() {
        OutboxRelay relay = fixture.start(RelayFixture.settings(64, 512, Duration.ofSeconds(10), RelayFixture.LEASE));
        OutboxRow row = store.draw("topic", null);
        relay.announce(ids(List.of(row)));
        store.commit(row);
        until(() -> store.rowsRead.get() > 0);
        fixture.staysSo(() -> assertThat(sender.sends).hasValue(0));

        relay.released(ids(List.of(row)));

        fixture.untilDrained();
        assertThat(sender.sends).hasValue(1);
    }

    @Test
    void doesNotWaitForEverForAWriterThatHangsInItsCommit() {
        OutboxRelay relay = fixture.start();
        OutboxRow row = store.draw("topic", null);
        relay.announce(ids(List.of(row)));

        store.commit(row);

        fixture.untilDrained();
    }

    @Test
    void findsWhatIsCommittedLongAfterHigherIdsWereSent() {
        fixture.start(new RelaySettings(
                RelayFixture.LANES,
                RelayFixture.LEASE,
                Duration.ofMillis(1),
                Duration.ofMillis(10),
                Duration.ofMillis(1),
                Duration.ofMillis(100),
                64,
                512,
                8L * 1024 * 1024,
                new Backoff(Duration.ofMillis(1), Duration.ofMillis(10)),
                Duration.ofSeconds(5)));
        List<OutboxRow> late = List.of(store.draw("topic", null), store.draw("topic", "key"));
        store.write(100, "topic", null);
        store.write(100, "topic", "key");
        fixture.untilDrained();

        store.commit(late.toArray(OutboxRow[]::new));

        fixture.untilDrained();
        assertThat(sender.stored()).containsAll(ids(late)).hasSize(202);
    }

    @Test
    void settlesAtShutdownWhatIsStoredAndSendsNothingNew() {
        sender.script = message -> null;
        OutboxRelay relay = fixture.start();
        List<OutboxRow> rows = store.write(2, "topic", "key");
        UUID first = rows.get(0).ref().messageId();
        until(() -> sender.open().contains(first));

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(relay::stop);
        until(() -> !relay.status().running());
        sender.answer(first, STORED, true);

        until(stopped::isDone);
        assertThat(store.size()).isEqualTo(1);
        assertThat(sender.sends).hasValue(1);
        assertThat(fixture.lanes.owned()).isZero();
    }

    @Test
    void restsWhileThereIsNothingToReadFor() {
        RelaySettings settings = new RelaySettings(
                RelayFixture.LANES,
                RelayFixture.LEASE,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                1,
                8L * 1024 * 1024,
                new Backoff(Duration.ofMillis(1), Duration.ofMillis(10)),
                Duration.ofSeconds(1));
        HeldMessages held = new HeldMessages(settings, Circumstances.REAL);
        Intake intake = new Intake(
                store,
                held,
                new Parking(store, RelayObserver.NONE),
                new CrossLaneOrder(store, new LaneLayout(RelayFixture.LANES), System::nanoTime),
                Duration.ZERO,
                Circumstances.REAL);
        TableReader reader = new TableReader(
                store,
                settings,
                held,
                intake,
                new Lookout(store, new Mailbox(), Circumstances.REAL),
                Circumstances.REAL);

        reader.read(System.nanoTime());

        assertThat(reader.nextDue(System.nanoTime())).isPositive();
    }

    @Test
    void holdsOnlyAFewLargeMessagesAtATime() {
        RelaySettings settings = RelayFixture.settings(64, 512);
        HeldMessages held = new HeldMessages(settings, Circumstances.REAL);
        PageSize page = new PageSize(held);

        assertThat(page.rows()).isLessThanOrEqualTo(8);
        OutboxRow small = store.draw("topic", null);
        for (int i = 0; i < 20; i++) {
            page.saw(List.of(small));
        }
        assertThat(page.rows()).isEqualTo(384);
    }

    @Test
    void sendsDelayedMessagesWhenTheyAreDueAlsoAfterTheDatabaseWasAway() {
        fixture.start();
        fixture.store.broken = true;
        List<OutboxRow> due = IntStream.range(0, 250)
                .mapToObj(i -> fixture.store.writeDue("topic"))
                .toList();

        fixture.store.broken = false;

        fixture.untilAllStored(due);
        fixture.untilDrained();
    }

    @Test
    void opensNoTransactionForDelayedMessagesWhileNoneIsDue() {
        fixture.start();
        until(() -> fixture.store.dueLooks.get() >= 2);
        assertThat(fixture.store.dueMoves).hasValue(0);

        OutboxRow due = fixture.store.writeDue("topic");

        fixture.untilAllStored(List.of(due));
        assertThat(fixture.store.dueMoves).hasValue(1);
    }
}
