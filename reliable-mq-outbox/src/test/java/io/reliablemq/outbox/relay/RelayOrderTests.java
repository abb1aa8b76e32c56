package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.ids;
import static io.reliablemq.outbox.relay.RelayFixture.until;
import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static io.reliablemq.outbox.relay.ScriptedSender.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.OutboxRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayOrderTests {

    private final RelayFixture fixture = new RelayFixture();
    private final MemoryOutbox store = fixture.store;
    private final ScriptedSender sender = fixture.sender;

    @AfterEach
    void stop() {
        sender.script = message -> STORED;
        sender.open().forEach(id -> sender.answer(id, STORED, true));
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void keepsTheOrderOfEveryKeyAndLosesNothing(long seed) {
        Random random = new Random(seed);
        Map<String, List<UUID>> written = new ConcurrentHashMap<>();
        sender.script = message -> null;
        fixture.start();
        int total = 3000;
        for (int i = 0; i < total; i++) {
            String key = i % 6 == 0 ? null : "key-" + random.nextInt(50);
            OutboxRow row = store.write("topic", key);
            written.computeIfAbsent(String.valueOf(key), k -> new ArrayList<>())
                    .add(row.ref().messageId());
            if (i % 1000 == 500) {
                fixture.lanes.takeAll();
            }
            sender.answerAny(random);
        }
        until(() -> {
            for (int i = 0; i < 200; i++) {
                sender.answerAny(random);
            }
            return store.size() == 0;
        });
        assertThat(sender.stored()).hasSize(total);
        written.remove("null");
        written.forEach(
                (key, ids) -> assertThat(sender.storedOf("topic", key)).as(key).isEqualTo(ids));
    }

    @Test
    void sendsTheNextOfAKeyOnlyAfterTheOneBeforeIsStored() {
        sender.script = message -> null;
        fixture.start();
        List<OutboxRow> rows = store.write(3, "topic", "key");

        for (OutboxRow row : rows) {
            UUID id = row.ref().messageId();
            until(() -> !sender.open().isEmpty());
            fixture.staysSo(() -> assertThat(sender.open()).containsExactly(id));
            sender.answer(id, UNKNOWN, false);
            until(() -> sender.open().contains(id));
            sender.answer(id, STORED, true);
        }
        fixture.untilDrained();
    }

    @Test
    void findsAnEarlierMessageOfAKeyThatWasCommittedBelowTheCursor() {
        fixture.start();
        OutboxRow first = store.draw("topic", "key");
        OutboxRow other = store.draw("topic", otherKeyOfTheSameLane());
        store.commit(other);
        fixture.untilAllStored(List.of(other));
        OutboxRow second = store.draw("topic", "key");

        store.commit(first, second);

        fixture.untilDrained();
        assertThat(sender.storedOf("topic", "key")).isEqualTo(ids(List.of(first, second)));
    }

    private static String otherKeyOfTheSameLane() {
        MemoryOutbox probe = new MemoryOutbox(RelayFixture.LANES);
        int lane = probe.draw("topic", "key").ref().lane();
        int i = 0;
        while (probe.draw("topic", "other-" + i).ref().lane() != lane) {
            i++;
        }
        return "other-" + i;
    }

    @Test
    void doesNotLetAnOrderedMessageBeOvertakenWhileItsWriterIsBetweenCommitAndHandOver() {
        OutboxRelay relay = fixture.start();
        OutboxRow first = store.draw("topic", "key");
        OutboxRow second = store.draw("topic", "key");
        relay.announce(ids(List.of(first)));

        store.commit(first, second);
        relay.committed(List.of(second));

        fixture.untilAllStored(List.of(second));
        assertThat(sender.storedOf("topic", "key")).isEqualTo(ids(List.of(first, second)));
    }

    @Test
    void doesNotSendAgainWhatIsInFlightWhenItsLaneWasLostAndRegained() {
        sender.script = message -> null;
        fixture.start();
        List<OutboxRow> rows = store.write(2, "topic", "key");
        UUID first = rows.get(0).ref().messageId();
        UUID second = rows.get(1).ref().messageId();
        until(() -> sender.open().contains(first));
        long epochs = fixture.lanes.epochs();

        fixture.lanes.takeAll();
        until(() -> fixture.lanes.owned() == RelayFixture.LANES && fixture.lanes.epochs() > epochs);

        fixture.staysSo(() -> assertThat(sender.open()).containsExactly(first));
        sender.answer(first, STORED, true);
        until(() -> sender.open().contains(second));
        assertThat(sender.sends).hasValue(2);
    }

    @Test
    void takesTurnsBetweenTopicsWhenAllPlacesAreTaken() {
        sender.script = message -> null;
        List<OutboxRow> first = store.write(50, "first", null);
        List<OutboxRow> second = store.write(50, "second", null);
        fixture.start(RelayFixture.settings(4, 512));
        for (int i = 0; i < 60; i++) {
            until(() -> sender.open().size() >= 4);
            sender.answer(sender.open().get(0), STORED, true);
        }

        assertThat(sender.storedOf("first")).isBetween(20, 40);
        assertThat(first).hasSameSizeAs(second);
    }
}
