package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.ids;
import static io.reliablemq.outbox.relay.RelayFixture.until;
import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static io.reliablemq.outbox.relay.ScriptedSender.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.SendOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayOutageTests {

    private static final RelaySettings SMALL = RelayFixture.settings(32, 160);

    private final RelayFixture fixture = new RelayFixture();
    private final MemoryOutbox store = fixture.store;
    private final ScriptedSender sender = fixture.sender;

    @BeforeEach
    void oneTopicIsDown() {
        sender.script = message -> message.topic().equals("down") ? UNKNOWN : STORED;
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void heal() {
        sender.script = message -> STORED;
    }

    @Test
    void neverParksAnUnknownOutcomeAndModifiesNothingMeanwhile() {
        store.write(20, "down", "key");
        store.write(20, "down", null);
        OutboxRelay relay = fixture.start();

        until(() -> sender.sends.get() > 50);

        assertThat(store.modifications).hasValue(0);
        assertThat(relay.status().outages()).hasSize(1);
        heal();
        fixture.untilDrained();
        until(() -> relay.status().outages().isEmpty());
    }

    /** Queues of a topic lie on several brokers: a key keeps its queue, what has no key finds another one. */
    @ParameterizedTest
    @CsvSource({"20, 100", "100, 8", "200, 4"})
    void sendsWhatTheOtherBrokersTakeAndParksNothingWhileOneOfThemIsDead(int keys, int messages) {
        AtomicInteger turn = new AtomicInteger();
        sender.script = message -> {
            String key = message.orderingKey();
            boolean dead = key == null ? turn.incrementAndGet() % 2 == 0 : key.startsWith("dead");
            return dead ? UNKNOWN : STORED;
        };
        List<OutboxRow> waiting = new ArrayList<>();
        List<OutboxRow> others = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            waiting.addAll(store.write(messages, "topic", "dead-" + i));
            others.addAll(store.write(messages, "topic", "alive-" + i));
        }
        others.addAll(store.write(500, "topic", null));
        fixture.start(RelayFixture.settings(64, 16_384));

        fixture.untilAllStored(others);
        waiting.addAll(store.write(10, "topic", "dead-0"));
        fixture.untilAllStored(store.write(500, "topic", null));
        fixture.untilAllStored(store.write(20, "topic", "alive-0"));
        assertThat(sender.stored()).doesNotContainAnyElementsOf(ids(waiting));
        assertThat(store.parkedRows()).isEmpty();
        assertThat(store.modifications).hasValueGreaterThan(0);

        heal();
        fixture.untilDrained();
        for (int i = 0; i < keys; i++) {
            String key = "dead-" + i;
            assertThat(sender.storedOf("topic", key))
                    .isEqualTo(ids(waiting.stream()
                            .filter(row -> key.equals(row.message().orderingKey()))
                            .toList()));
        }
        assertThat(store.parkedRows()).isEmpty();
    }

    @Test
    void keepsOtherTopicsGoingWhileMoreKeysAreAwayThanFitIntoTheMemory() {
        sender.script = message -> message.topic().equals("topic") && message.orderingKey() != null ? UNKNOWN : STORED;
        List<OutboxRow> waiting = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            waiting.addAll(store.write(2, "topic", "dead-" + i));
        }
        List<OutboxRow> up = store.write(100, "up", "key");
        fixture.start();

        fixture.untilAllStored(up);
        assertThat(sender.stored()).doesNotContainAnyElementsOf(ids(waiting));

        heal();
        fixture.untilDrained();
        assertThat(store.parkedRows()).isEmpty();
    }

    /** Seldom anything goes to the other brokers, and nothing has since the last start. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20, 150})
    void sendsTheFewOfOtherBrokersWhileALargeBacklogWaitsForOneThatIsAway(int keys) {
        sender.script = message -> String.valueOf(message.orderingKey()).startsWith("dead") ? UNKNOWN : STORED;
        List<OutboxRow> waiting = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            waiting.addAll(store.write(6000 / keys, "topic", "dead-" + i));
        }
        List<OutboxRow> behind = store.write(10, "topic", "alive");
        fixture.start(RelayFixture.settings(32, 16_384));

        fixture.untilAllStored(behind);
        int sends = sender.sends.get();
        for (int i = 0; i < 5; i++) {
            int soFar = sends += keys;
            until(() -> sender.sends.get() > soFar);
            fixture.untilAllStored(store.write(1, "topic", "alive"));
            fixture.untilAllStored(store.write(1, "topic", null));
            fixture.untilAllStored(store.write(1, "up", "key"));
        }
        assertThat(sender.stored()).doesNotContainAnyElementsOf(ids(waiting));

        heal();
        fixture.untilDrained();
        assertThat(sender.storedOf("topic", "dead-0")).isEqualTo(ids(waiting.subList(0, 6000 / keys)));
        assertThat(store.parkedRows()).isEmpty();
    }

    /** Each that goes on after all makes the others be read again. */
    @Test
    void sendsWhatTheOtherBrokersTakeWhileMoreKeysAreAwayThanAreHeld() {
        Map<UUID, Integer> attempts = new ConcurrentHashMap<>();
        sender.script = message -> {
            String key = String.valueOf(message.orderingKey());
            boolean unsteady = key.equals("unsteady") && attempts.merge(message.id(), 1, Integer::sum) < 3;
            return key.startsWith("dead") || unsteady ? UNKNOWN : STORED;
        };
        List<OutboxRow> waiting = new ArrayList<>();
        fixture.start(RelayFixture.settings(64, 2048));
        for (int i = 0; i < 40; i++) {
            for (int j = 0; j < 20; j++) {
                waiting.addAll(store.write(2, "topic", "dead-" + i + "-" + j));
            }
            List<OutboxRow> others = new ArrayList<>(store.write(1, "topic", "unsteady"));
            others.addAll(store.write(5, "topic", "alive"));
            others.addAll(store.write(5, "topic", null));
            fixture.untilAllStored(others);
        }
        assertThat(sender.stored()).doesNotContainAnyElementsOf(ids(waiting));

        heal();
        fixture.untilDrained();
        assertThat(store.parkedRows()).isEmpty();
    }

    /** After an outage what is behind a key that failed in it is read again; and one broker is not back. */
    @ParameterizedTest
    @ValueSource(ints = {3, 200})
    void sendsWhatTheOtherBrokersTakeWhenAllWereAwayAndTheKeysOfOneWouldFillTheMemory(int few) {
        sender.script = message -> message.topic().equals("topic") ? UNKNOWN : STORED;
        List<OutboxRow> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.addAll(store.write(300, "topic", "dead-" + i));
        }
        OutboxRelay relay = fixture.start(RelayFixture.settings(64, 2048));
        until(() -> sender.sends.get() > 400);

        sender.lost = message -> String.valueOf(message.orderingKey()).startsWith("dead");
        heal();
        List<OutboxRow> others = new ArrayList<>(store.write(few, "topic", null));
        fixture.untilAllStored(others);
        for (int i = 0; i < 10; i++) {
            others = new ArrayList<>(store.write(100, "topic", "alive"));
            others.addAll(store.write(100, "topic", null));
            others.addAll(store.write(100, "up", "key"));
            fixture.untilAllStored(others);
        }
        assertThat(sender.stored()).doesNotContainAnyElementsOf(ids(waiting));
        assertThat(relay.status().held()).isLessThan(1024);

        sender.lost = message -> false;
        sender.lostSends.forEach(lost -> lost.answer().complete(UNKNOWN));
        fixture.untilDrained();
        assertThat(store.parkedRows()).isEmpty();
    }

    @Test
    void sendsLessToABusyBrokerWithoutAnOutage() {
        AtomicInteger turnedAway = new AtomicInteger();
        sender.script =
                message -> turnedAway.incrementAndGet() % 7 == 0 ? STORED : new SendOutcome.Busy("flow control");
        List<OutboxRow> ordered = store.write(20, "busy", "key");
        store.write(20, "busy", null);
        OutboxRelay relay = fixture.start();

        until(() -> turnedAway.get() > 50);
        assertThat(relay.status().outages()).isEmpty();

        fixture.untilDrained();
        assertThat(sender.storedOf("busy", "key")).isEqualTo(ids(ordered));
        assertThat(store.parkedRows()).isEmpty();
    }

    @Test
    void keepsOtherTopicsGoingWhileOneIsThrottled() {
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean throttled = new AtomicBoolean(true);
        sender.script =
                message -> message.topic().equals("busy") && throttled.get() && asked.incrementAndGet() % 20 != 0
                        ? new SendOutcome.Busy("flow control")
                        : STORED;
        List<OutboxRow> busy = store.write(1500, "busy", "key");
        store.write(20_000, "busy", null);
        List<OutboxRow> up = store.write(500, "up", "key");
        fixture.start(SMALL);

        fixture.untilAllStored(up);
        assertThat(sender.storedOf("busy")).isLessThan(21_500);

        throttled.set(false);
        fixture.untilDrained();
        assertThat(sender.storedOf("busy", "key")).isEqualTo(ids(busy));
        assertThat(sender.storedOf("up", "key")).isEqualTo(ids(up));
        assertThat(store.parkedRows()).isEmpty();
    }

    @Test
    void isInOutageOnlyWhenNothingIsStoredForSomeTimeOrNothingAtAllIs() {
        SendWindow window = new SendWindow(64, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8))::nanos);
        long second = Duration.ofSeconds(1).toNanos();

        window.stored(0);
        assertThat(unknown(window, second - 1, 31)).isFalse();
        assertThat(window.unknown(second - 1, 0, true)).isTrue();

        window.stored(10 * second);
        assertThat(unknown(window, 11 * second, 2)).isFalse();
        assertThat(window.unknown(11 * second, 0, true)).isTrue();

        SendWindow fresh = new SendWindow(64, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8))::nanos);
        assertThat(unknown(fresh, 0, 2)).isFalse();
        assertThat(fresh.unknown(0, 0, true)).isTrue();
    }

    @Test
    void oneThatFailsForLongCountsThreeTimes() {
        SendWindow window = new SendWindow(64, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8))::nanos);
        long second = Duration.ofSeconds(1).toNanos();
        window.stored(0);
        window.unknown(0, 0, true);
        window.unknown(0, 0, true);
        window.stored(1);

        assertThat(window.unknown(2 * second, 0, false)).isFalse();
        window.unknown(2, 0, true);
        window.unknown(2, 0, true);
        assertThat(window.unknown(3, 0, true)).isFalse();
        assertThat(window.unknown(2 * second, 0, false)).isTrue();
    }

    private static boolean unknown(SendWindow window, long now, int times) {
        boolean began = false;
        for (int i = 0; i < times; i++) {
            began |= window.unknown(now, 0, true);
        }
        return began;
    }

    @Test
    void halvesTheWindowOfABusyTopicOncePerPauseAndLetsItGrowAgain() {
        SendWindow window = new SendWindow(64, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8))::nanos);

        assertThat(window.busy(0, 63)).isTrue();
        assertThat(window.busy(1, 62)).isFalse();

        assertThat(window.free(1, 0)).isZero();
        assertThat(window.outage()).isFalse();
        long after = window.gate();
        assertThat(window.free(after, 0)).isEqualTo(32);
        assertThat(window.busy(after, 31)).isFalse();
        assertThat(window.free(window.gate(), 0)).isEqualTo(16);
        window.stored(after);
        assertThat(window.free(window.gate() - 1, 0)).isZero();
        assertThat(window.free(window.gate(), 0)).isEqualTo(17);
    }

    @Test
    void keepsOtherTopicsGoingInBoundedMemoryAndDrainsAllAfterwards() {
        List<OutboxRow> down = store.write(1500, "down", "key");
        store.write(1500, "down", null);
        List<OutboxRow> up = store.write(500, "up", "key");
        OutboxRelay relay = fixture.start(SMALL);

        fixture.untilAllStored(up);
        assertThat(relay.status().held()).isLessThan(SMALL.maxHeld());
        assertThat(sender.storedOf("down")).isZero();
        List<OutboxRow> later = store.write(100, "up", null);
        fixture.untilAllStored(later);

        heal();
        fixture.untilDrained();
        assertThat(sender.storedOf("down")).isEqualTo(3000);
        assertThat(sender.storedOf("down", "key")).isEqualTo(ids(down));
        assertThat(sender.storedOf("up", "key")).isEqualTo(ids(up));
    }

    /** The one with much to send must not keep the other from being read again. */
    @Test
    void resumesASmallTopicAtOnceWhenALargeOneHasRecoveredBefore() {
        AtomicBoolean largeIsBack = new AtomicBoolean();
        AtomicBoolean smallIsBack = new AtomicBoolean();
        Set<String> tried = ConcurrentHashMap.newKeySet();
        sender.script = message -> {
            tried.add(String.valueOf(message.orderingKey()));
            return (message.orderingKey() == null ? largeIsBack : smallIsBack).get() ? STORED : UNKNOWN;
        };
        List<OutboxRow> large = store.write(100_000, "large", null);
        List<OutboxRow> small = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            small.addAll(store.write(10, "small", "key-" + i));
        }
        OutboxRelay relay = fixture.start(RelayFixture.settings(64, 16_384));
        // all of the small one has been read
        until(() -> relay.status().outages().size() == 2 && tried.size() == 4);

        largeIsBack.set(true);
        until(() -> sender.sends.get() > 2000);
        smallIsBack.set(true);
        fixture.untilDrained();

        // looked at afterwards: to look is not fast
        List<UUID> last = ids(small).subList(small.size() - 1, small.size());
        assertThat(sender.stored().indexOf(last.get(0))).isLessThan(large.size() / 2);
    }

    @Test
    void findsLateCommitsOfOtherTopicsInTheSameLanes() {
        OutboxRow late = store.draw("up", "key");
        OutboxRow unordered = store.draw("up", null);
        store.write(2000, "down", null);
        List<OutboxRow> up = store.write(20, "up", null);
        fixture.start(SMALL);
        fixture.untilAllStored(up);

        store.commit(late, unordered);

        fixture.untilAllStored(List.of(late, unordered));
    }

    @Test
    void sendsAgainAfterItsLanesWereLostAndRegainedInAnOutage() {
        store.write(1000, "down", null);
        OutboxRelay relay = fixture.start(SMALL);
        until(() -> !relay.status().outages().isEmpty());
        long epochs = fixture.lanes.epochs();

        fixture.lanes.takeAll();
        until(() -> fixture.lanes.owned() == RelayFixture.LANES && fixture.lanes.epochs() > epochs);
        heal();

        fixture.untilDrained();
        assertThat(sender.storedOf("down")).isEqualTo(1000);
    }

    @Test
    void survivesADatabaseThatIsDownWhileTheBrokerAnswers() {
        List<OutboxRow> rows = store.write(200, "up", "key");
        OutboxRelay relay = fixture.start(SMALL);
        until(() -> !sender.stored().isEmpty());
        store.broken = true;
        int after = sender.sends.get();
        until(() -> sender.sends.get() >= after && relay.status().inFlight() == 0);
        store.broken = false;

        fixture.untilDrained();
        assertThat(sender.storedOf("up", "key")).isEqualTo(ids(rows));
    }
}
