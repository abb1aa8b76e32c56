package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.ids;
import static io.reliablemq.outbox.relay.RelayFixture.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.uuid.Generators;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to a page while it is on its way from the table; the test is the relay loop. */
class TableReaderTests {

    private final RelaySettings settings = RelayFixture.settings(64, 512, Duration.ofHours(1), RelayFixture.LEASE);
    /** Ahead of the machine's clock. */
    private final AtomicLong ahead = new AtomicLong();

    private final Circumstances circumstances = new Circumstances() {
        @Override
        public long nanoTime() {
            return System.nanoTime() + ahead.get();
        }
    };
    private final MemoryOutbox store = new MemoryOutbox(1);
    private final Mailbox mailbox = new Mailbox();
    private final HeldMessages held = new HeldMessages(settings, circumstances);
    private final Intake intake = new Intake(
            store,
            held,
            new Parking(store, RelayObserver.NONE),
            new CrossLaneOrder(store, new LaneLayout(1), System::nanoTime),
            Duration.ofSeconds(10),
            circumstances);
    private final Lookout lookout = new Lookout(store, mailbox, circumstances);
    private final TableReader reader = new TableReader(store, settings, held, intake, lookout, circumstances);
    private Lane lane;

    @BeforeEach
    void ownTheLane() {
        lane = new Lane(new LaneClaim(UUID.randomUUID(), 0, 1), settings.trailing(), circumstances.nanoTime());
        intake.lanes().put(0, lane);
    }

    @AfterEach
    void stop() throws InterruptedException {
        lookout.stop(Duration.ofSeconds(10));
    }

    private void look() {
        reader.read(circumstances.nanoTime());
        assertThat(lookout.underWay()).isTrue();
        until(() -> {
            mailbox.drain();
            return lookout.arrived();
        });
    }

    private void take() {
        assertThat(reader.read(circumstances.nanoTime())).isTrue();
    }

    @Test
    void holdsWhatItHasRead() {
        List<OutboxRow> rows = store.write(5, "topic", "key");

        look();
        take();

        assertThat(rows).allMatch(row -> held.contains(row.ref().messageId()));
    }

    @Test
    void doesNotHoldAgainWhatWasSettledWhileItWasRead() {
        OutboxRow unordered = store.write("topic", null);
        OutboxRow ordered = store.write("topic", "key");
        look();

        held.add(unordered, false);
        held.add(ordered, false);
        held.drop(held.get(unordered.ref().messageId()));
        held.drop(held.get(ordered.ref().messageId()));
        take();

        assertThat(held.size()).isZero();
    }

    @Test
    void holdsAgainWhatWasForgottenBeforeItWasRead() {
        OutboxRow row = store.write("topic", null);
        held.add(row, false);
        held.drop(held.get(row.ref().messageId()));

        look();
        take();

        assertThat(held.contains(row.ref().messageId())).isTrue();
    }

    @Test
    void leavesAPageAloneWhoseLaneHasAnotherOwnerMeanwhile() {
        store.write(5, "topic", null);
        look();

        intake.lanes()
                .put(
                        0,
                        new Lane(
                                new LaneClaim(
                                        Generators.timeBasedEpochGenerator().generate(), 0, 2),
                                settings.trailing(),
                                System.nanoTime()));
        take();

        assertThat(held.size()).isZero();
    }

    @Test
    void leavesAPageAloneWhoseLaneIsToBeHandedOver() {
        store.write(5, "topic", null);
        look();

        lane.draining = true;
        take();

        assertThat(held.size()).isZero();
    }

    @Test
    void readsAgainWhatWasOnItsWayWhenItsLaneWasRewound() {
        List<OutboxRow> rows = store.write(5, "topic", "key");
        look();

        lane.startOver = true;
        lane.rewindToStart();
        take();
        assertThat(held.size()).isZero();
        until(() -> {
            mailbox.drain();
            return reader.read(circumstances.nanoTime());
        });

        assertThat(held.size()).isEqualTo(rows.size());
    }

    @Test
    void looksBehindTheCursorForWhatMayStillBeCommitted() {
        store.write(5, "topic", "key");
        look();
        take();

        readUntilHeld(store.write("topic", "key"));

        assertThat(store.scannedAfter).isZero();
    }

    @Test
    void looksForItAlsoAfterAPauseThatWasLongerThanThat() {
        OutboxRow first = store.draw("topic", "key");
        store.write("topic", "other");
        look();
        take();
        untilNothingIsOnItsWay();

        store.commit(first);
        OutboxRow second = store.write("topic", "key");
        ahead.addAndGet(settings.trailing().multipliedBy(3).toNanos());
        readUntilHeld(second);

        assertThat(held.contains(first.ref().messageId())).isTrue();
    }

    @Test
    void leavesAnOldBacklogToTheSweep() {
        List<OutboxRow> rows = store.write(5, "topic", "key");
        store.old = rows.get(4).ref().id();
        look();
        take();

        readUntilHeld(store.write("topic", "key"));

        assertThat(store.scannedAfter).isGreaterThanOrEqualTo(store.old);
    }

    @Test
    void readsOnBehindAThrottledTopicBeforeItGoesBackToIt() {
        List<OutboxRow> throttled = throttled(2000);
        OutboxRow other = store.write("other", null);
        Set<UUID> sent = new HashSet<>();

        until(() -> {
            sent.addAll(readAndSend(throttled));
            return held.contains(other.ref().messageId());
        });
        assertThat(sent).hasSize(512 / 8);

        until(() -> sent.addAll(readAndSend(throttled)) && sent.size() == throttled.size());
    }

    @Test
    void goesBackToAThrottledTopicAfterSomeTimeAlthoughThereIsMore() {
        List<OutboxRow> throttled = throttled(20_000);
        OutboxRow other = store.write("other", null);
        Set<UUID> sent = new HashSet<>();

        until(() -> {
            sent.addAll(readAndSend(throttled));
            ahead.addAndGet(Duration.ofSeconds(31).toNanos());
            return sent.size() > 3 * 512 / 8;
        });

        assertThat(held.contains(other.ref().messageId())).isFalse();
    }

    private List<OutboxRow> throttled(int rows) {
        held.flow("throttled").window.busy(circumstances.nanoTime(), 0);
        lane.woken = true;
        return store.write(rows, "throttled", null);
    }

    /** The broker takes all that there is room for, again and again. */
    private Set<UUID> readAndSend(List<OutboxRow> rows) {
        mailbox.drain();
        reader.read(circumstances.nanoTime());
        if (!held.flow("throttled").overflowed() && (lane.more || lookout.underWay())) {
            return Set.of();
        }
        Set<UUID> sent = new HashSet<>(ids(rows));
        sent.removeIf(id -> !held.contains(id));
        sent.forEach(id -> held.drop(held.get(id)));
        reader.read(circumstances.nanoTime()); // the next page is on its way meanwhile
        return sent;
    }

    private void untilNothingIsOnItsWay() {
        until(() -> {
            mailbox.drain();
            if (lookout.arrived()) {
                reader.read(circumstances.nanoTime());
            }
            return !lookout.underWay();
        });
    }

    private void readUntilHeld(OutboxRow row) {
        lane.woken = true;
        until(() -> {
            mailbox.drain();
            reader.read(circumstances.nanoTime());
            return held.contains(row.ref().messageId());
        });
    }

    @Test
    void doesNotForgetAWakeUpThatComesWhileItReads() {
        look();
        OutboxRow row = store.write("topic", "key");
        intake.committed(List.of(row));
        take();

        until(() -> {
            mailbox.drain();
            return reader.read(circumstances.nanoTime());
        });

        assertThat(held.contains(row.ref().messageId())).isTrue();
    }
}
