package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.ids;
import static io.reliablemq.outbox.relay.RelayFixture.until;
import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.relay.ScriptedSender.Lost;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sender that breaks its promise: the answer never comes, or long after it should have. */
class RelayOverdueTests {

    private static final SendOutcome REFUSED = new SendOutcome.Refused(Reason.TOO_LARGE, "by the test");

    private final RelayFixture fixture = new RelayFixture();
    private final MemoryOutbox store = fixture.store;
    private final ScriptedSender sender = fixture.sender;

    @BeforeEach
    void beInAHurry() {
        sender.answersWithin = Duration.ofMillis(200);
    }

    @AfterEach
    void stop() {
        sender.lost = message -> false;
        fixture.close();
    }

    private void loseTheFirst(int attempts, OutboxRow row) {
        UUID id = row.ref().messageId();
        sender.lost = message -> message.id().equals(id) && lost(id).size() < attempts;
    }

    private List<Lost> lost(UUID id) {
        return sender.lostSends.stream().filter(one -> one.id().equals(id)).toList();
    }

    private static void answer(Lost lost, SendOutcome outcome) {
        lost.answer().complete(outcome);
    }

    @Test
    void sendsAgainAndKeepsTheOrder() {
        List<OutboxRow> rows = store.write(3, "topic", "key");
        loseTheFirst(2, rows.get(0));

        OutboxRelay relay = fixture.start();

        fixture.untilDrained();
        assertThat(sender.storedOf("topic", "key")).isEqualTo(ids(rows));
        assertThat(lost(rows.get(0).ref().messageId())).hasSize(2);
        until(() -> relay.status().inFlight() == 0);
    }

    @Test
    void settlesWhatIsStoredAfterAllAlthoughItIsInFlightOnceMore() {
        List<OutboxRow> rows = store.write(3, "topic", "key");
        UUID first = rows.get(0).ref().messageId();
        sender.lost = message -> message.id().equals(first);
        OutboxRelay relay = fixture.start();
        until(() -> lost(first).size() == 2);

        answer(lost(first).get(0), STORED);

        fixture.untilDrained();
        assertThat(sender.storedOf("topic", "key")).isEqualTo(ids(rows.subList(1, 3)));
        answer(lost(first).get(1), REFUSED);
        until(() -> relay.status().held() == 0 && relay.status().inFlight() == 0);
        assertThat(store.parkedRows()).isEmpty();
    }

    @Test
    void parksNothingThatWasRefusedTooLate() {
        // the second attempt is looked at for a while before it is overdue, too
        sender.answersWithin = Duration.ofSeconds(1);
        OutboxRow row = store.write("topic", "key");
        UUID id = row.ref().messageId();
        loseTheFirst(1, row);
        sender.script = message -> null;
        OutboxRelay relay = fixture.start();
        until(() -> sender.open().contains(id));

        answer(lost(id).get(0), REFUSED);

        fixture.staysSo(() -> assertThat(store.parkedRows()).isEmpty());
        assertThat(relay.status().inFlight()).isEqualTo(1);
        sender.answer(id, STORED, true);
        fixture.untilDrained();
    }

    /** The broker may have it: it cannot be cancelled, whatever the next attempt says. */
    @Test
    void cannotProveThatItWasNeverStored() {
        fixture.start();
        fixture.staysSo(() -> {});
        sender.script = message -> REFUSED;
        sender.lost = message -> sender.lostSends.isEmpty();

        OutboxRow row = store.write("topic", null);

        until(() -> ids(store.parkedRows()).contains(row.ref().messageId()));
        assertThat(store.unsent()).isEmpty();
    }

    @Test
    void handsLanesOverAndTheNextOwnerSendsInOrder() {
        List<List<OutboxRow>> keys = new ArrayList<>();
        for (int key = 0; key < 4 * RelayFixture.LANES; key++) {
            keys.add(store.write(2, "topic", "key" + key));
        }
        sender.lost = message -> true;
        OutboxRelay first = fixture.start();
        until(() -> first.status().inFlight() == keys.size());

        OutboxRelay second = fixture.start();
        until(() -> first.status().lanes() == 2 && second.status().lanes() == 2);

        sender.lost = message -> false;
        fixture.untilDrained();
        for (int key = 0; key < keys.size(); key++) {
            assertThat(sender.storedOf("topic", "key" + key)).isEqualTo(ids(keys.get(key)));
        }
        sender.lostSends.forEach(one -> answer(one, REFUSED));
        fixture.staysSo(() -> assertThat(store.parkedRows()).isEmpty());
    }

    @Test
    void settlesWhatIsStoredAfterTheLaneHasGone() {
        OutboxRow row = store.write("topic", "key");
        sender.lost = message -> true;
        OutboxRelay relay = fixture.start();
        until(() -> !sender.lostSends.isEmpty());

        Runnable giveBack = fixture.lanes.giveAllToAnother();
        until(() -> relay.status().lanes() == 0 && relay.status().held() == 0);
        assertThat(store.size()).isEqualTo(1);
        answer(lost(row.ref().messageId()).get(0), STORED);

        fixture.untilDrained();
        giveBack.run();
    }

    @Test
    void doesNotKeepTheProcessFromStopping() {
        store.write("topic", "key");
        sender.lost = message -> true;
        OutboxRelay relay = fixture.start();
        until(() -> relay.status().inFlight() == 1);
        RelaySettings settings = RelayFixture.settings(64, 512);

        long before = System.nanoTime();
        relay.stop();

        assertThat(System.nanoTime() - before)
                .isLessThan(settings.shutdownTimeout().toNanos());
    }
}
