package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One lane of a relay, while another process has the other lane of a key; the test is the relay loop. */
class CrossLaneOrderTests {

    private static final int HERE = 1;
    private static final int ELSEWHERE = 0;
    private static final LaneLayout SETTLED = new LaneLayout(2);
    private static final LaneLayout CHANGING = new LaneLayout(2, 1, 2);

    private final RelaySettings settings = RelayFixture.settings(64, 512);
    private final MemoryOutbox store = new MemoryOutbox(2);
    private final Mailbox mailbox = new Mailbox();
    private final HeldMessages held = new HeldMessages(settings, Circumstances.REAL);
    private final CrossLaneOrder order = new CrossLaneOrder(store, CHANGING, System::nanoTime);
    private final Intake intake = new Intake(
            store, held, new Parking(store, RelayObserver.NONE), order, Duration.ofSeconds(10), Circumstances.REAL);
    private final Lookout lookout = new Lookout(store, mailbox, Circumstances.REAL);
    private final TableReader reader = new TableReader(store, settings, held, intake, lookout, Circumstances.REAL);
    private final String key = IntStream.iterate(0, i -> i + 1)
            .mapToObj(i -> "key-" + i)
            .filter(candidate -> SETTLED.laneOf(candidate) == HERE)
            .findFirst()
            .orElseThrow();
    private Lane lane;

    @BeforeEach
    void ownTheLane() {
        lane = new Lane(new LaneClaim(UUID.randomUUID(), HERE, 1), settings.trailing(), System.nanoTime());
        intake.lanes().put(HERE, lane);
    }

    @AfterEach
    void stop() throws InterruptedException {
        lookout.stop(Duration.ofSeconds(10));
    }

    private void turn() {
        reader.read(System.nanoTime());
        mailbox.drain();
    }

    /** Until the table was read again, so that what could be held would be. */
    private void readOn() {
        int before = store.scans.get();
        OutboxRow other = store.write("topic", null);
        while (other.ref().lane() != HERE) {
            other = store.write("topic", null);
        }
        UUID id = other.ref().messageId();
        until(() -> {
            turn();
            return held.contains(id) && store.scans.get() > before;
        });
    }

    private OutboxRow writeElsewhere(String topic, String orderingKey) {
        OutboxRow row = store.draw(topic, orderingKey);
        OutboxRow moved =
                new OutboxRow(new RowRef(ELSEWHERE, row.ref().id(), row.ref().messageId()), row.message());
        store.commit(moved);
        return moved;
    }

    private boolean holds(OutboxRow row) {
        return held.contains(row.ref().messageId());
    }

    @Test
    void waitsUntilTheEarlierOneOfTheOtherLaneIsGone() {
        OutboxRow first = writeElsewhere("topic", key);
        OutboxRow second = store.write("topic", key);
        OutboxRow otherTopic = store.write("other", key);

        readOn();
        assertThat(holds(second)).isFalse();
        assertThat(holds(otherTopic)).isTrue();
        assertThat(order.sawMisplaced()).as("it is expected now").isFalse();

        store.settle(List.of(first.ref()));
        until(() -> {
            turn();
            return holds(second);
        });
    }

    /** Written by the count from before, after one by the new count. */
    @Test
    void waitsForTheLaneOfTheNewCountToo() {
        order.follow(new LaneLayout(1, 2, 2));
        OutboxRow first = writeElsewhere("topic", key);
        OutboxRow second = store.write("topic", key);

        readOn();
        assertThat(holds(second)).isFalse();

        store.settle(List.of(first.ref()));
        until(() -> {
            turn();
            return holds(second);
        });
    }

    @Test
    void doesNotWaitForALaterOneOfTheOtherLane() {
        OutboxRow first = store.write("topic", key);
        writeElsewhere("topic", key);

        readOn();

        assertThat(holds(first)).isTrue();
    }

    /** The third is read alone, by itself nothing is in its way: but the second is not held yet. */
    @Test
    void letsNoneOvertakeOneOfItsOwnLaneThatWaited() {
        OutboxRow first = writeElsewhere("topic", key);
        OutboxRow second = store.write("topic", key);
        intake.read(List.of(second));
        store.settle(List.of(first.ref()));
        OutboxRow third = store.write("topic", key);

        intake.read(List.of(third));

        assertThat(holds(third)).isFalse();
        until(() -> {
            turn();
            return holds(third);
        });
        assertThat(holds(second)).isTrue();
        assertThat(held.withFollowers(held.get(second.ref().messageId())))
                .extracting(message -> message.row)
                .containsExactly(second, third);
    }

    @Test
    void parksWhatIsBehindAParkedOneOfTheOtherLane() {
        OutboxRow first = writeElsewhere("topic", key);
        store.park(new LaneClaim(UUID.randomUUID(), ELSEWHERE, 1), List.of(first.ref()), "refused");
        OutboxRow second = store.write("topic", key);
        OutboxRow third = store.write("topic", key);

        readOn();

        assertThat(held.contains(second.ref().messageId())
                        || held.contains(third.ref().messageId()))
                .isFalse();
        assertThat(store.parkedRows()).containsExactlyInAnyOrder(first, second, third);
    }

    @Test
    void asksNothingWhileNothingChanges() {
        order.follow(SETTLED);
        store.write(10, "topic", key);

        readOn();

        assertThat(held.size()).isEqualTo(11);
        assertThat(store.lowestAsked).hasValue(0);
        assertThat(order.sawMisplaced()).isFalse();
    }

    @Test
    void asksAboutARowThatBelongsElsewhereAndTellsOfIt() {
        OutboxRow first = writeElsewhere("topic", key);
        order.follow(new LaneLayout(1));
        OutboxRow second = store.write("topic", key);

        readOn();

        assertThat(holds(second)).isFalse();
        assertThat(order.sawMisplaced()).isTrue();
        store.settle(List.of(first.ref()));
        until(() -> {
            turn();
            return holds(second);
        });
        order.sawMisplaced();
        assertThat(order.sawMisplaced()).as("told once").isFalse();
    }

    /** Else one key that waits for long would keep all others from being asked about. */
    @Test
    void readsOnBehindRowsThatWait() {
        writeElsewhere("topic", key);
        List<OutboxRow> waiting = store.write(3000, "topic", key);
        OutboxRow other = store.write("other", key);

        until(() -> {
            turn();
            return holds(other);
        });

        assertThat(waiting).noneMatch(this::holds);
    }

    /** Else the loop would stand for so long that others take the lanes. */
    @Test
    void looksOnlySoFarThroughALargeBacklogElsewhere() {
        AtomicLong time = new AtomicLong();
        AtomicLong step = new AtomicLong(1_000_000_000);
        CrossLaneOrder slow = new CrossLaneOrder(store, CHANGING, () -> time.addAndGet(step.get()));
        Intake slowly = new Intake(
                store, held, new Parking(store, RelayObserver.NONE), slow, Duration.ofSeconds(10), Circumstances.REAL);
        slowly.lanes().put(HERE, lane);
        List<RowRef> backlog = IntStream.range(0, 20_001)
                .mapToObj(i -> writeElsewhere("topic", "another"))
                .map(OutboxRow::ref)
                .toList();
        OutboxRow first = store.write("topic", key);
        OutboxRow second = store.write("other", key);

        slowly.read(List.of(first));
        assertThat(holds(first))
                .as("all was looked through, which took a second")
                .isTrue();
        slowly.read(List.of(second));
        assertThat(holds(second)).isFalse();

        store.settle(backlog.subList(0, 1000));
        step.set(0);
        slowly.read(List.of(second));
        assertThat(holds(second)).isTrue();

        IntStream.range(0, 2000).forEach(i -> writeElsewhere("topic", "another"));
        OutboxRow third = store.write("another topic", key);
        slowly.read(List.of(third));
        assertThat(holds(third)).as("it was quick the last time").isTrue();
    }
}
