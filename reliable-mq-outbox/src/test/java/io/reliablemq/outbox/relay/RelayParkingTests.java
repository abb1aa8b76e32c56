package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.ids;
import static io.reliablemq.outbox.relay.RelayFixture.until;
import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayParkingTests {

    private final RelayFixture fixture = new RelayFixture();
    private final MemoryOutbox store = fixture.store;
    private final ScriptedSender sender = fixture.sender;

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static SendOutcome refused(Reason reason) {
        return new SendOutcome.Refused(reason, "by the test");
    }

    private void refuse(OutboxRow row) {
        UUID id = row.ref().messageId();
        sender.script = message -> message.id().equals(id) ? refused(Reason.TOO_LARGE) : STORED;
    }

    private List<UUID> parked() {
        return ids(store.parkedRows());
    }

    @Test
    void parksWhatIsRefusedWithTheLaterMessagesOfItsKeyOnly() {
        List<OutboxRow> before = store.write(3, "topic", "key");
        List<OutboxRow> refused = store.write(4, "topic", "key");
        List<OutboxRow> flowing = new ArrayList<>(store.write(10, "topic", "another"));
        flowing.addAll(store.write(10, "other", "key"));
        flowing.addAll(store.write(10, "topic", null));
        refuse(refused.get(0));

        fixture.start();

        fixture.untilDrained();
        fixture.untilAllStored(before);
        fixture.untilAllStored(flowing);
        assertThat(parked()).isEqualTo(ids(refused));
        List<OutboxRow> later = store.write(2, "topic", "key");
        until(() -> parked().containsAll(ids(later)));
        assertThat(sender.stored()).hasSize(33);
    }

    /** Its writer was stopped until the lane count had changed, so it is found too late. */
    @Test
    void parksNoMessageOfAnotherLaneWithIt() {
        OutboxRow drawn = store.draw("topic", "key");
        OutboxRow late = new OutboxRow(
                new RowRef(
                        (drawn.ref().lane() + 1) % RelayFixture.LANES,
                        drawn.ref().id(),
                        drawn.ref().messageId()),
                drawn.message());
        UUID refused = store.write("topic", "key").ref().messageId();
        sender.script = message -> null;
        fixture.start();
        until(() -> sender.open().contains(refused));
        store.commit(late);
        until(() -> store.lowestAsked.get() > 0);

        sender.script = message -> STORED;
        sender.answer(refused, refused(Reason.TOO_LARGE), false);

        fixture.untilAllStored(List.of(late));
        fixture.untilDrained();
        assertThat(parked()).containsExactly(refused);
    }

    @Test
    void parksAnUnorderedMessageAlone() {
        OutboxRow row = store.write("topic", null);
        List<OutboxRow> others = store.write(10, "topic", null);
        refuse(row);

        fixture.start();

        fixture.untilDrained();
        assertThat(parked()).containsExactly(row.ref().messageId());
        fixture.untilAllStored(others);
    }

    @Test
    void sendsReleasedMessagesInTheirOldOrderBeforeNewOnes() {
        List<OutboxRow> rows = new ArrayList<>(store.write(5, "topic", "key"));
        refuse(rows.get(1));
        fixture.start();
        until(() -> parked().size() == 4);
        sender.script = message -> STORED;

        synchronized (store) {
            store.release(store.parkedRows().stream().map(OutboxRow::ref).toList());
            rows.addAll(store.write(3, "topic", "key"));
        }

        fixture.untilDrained();
        assertThat(sender.storedOf("topic", "key")).isEqualTo(ids(rows));
    }

    @Test
    void findsReleasedMessagesWithoutANewOneOfTheirKey() {
        List<OutboxRow> rows = store.write(5, "topic", "key");
        refuse(rows.get(0));
        fixture.start();
        until(() -> parked().size() == 5);
        sender.script = message -> STORED;

        store.release(store.parkedRows().stream().map(OutboxRow::ref).toList());

        fixture.untilDrained();
        assertThat(sender.storedOf("topic", "key")).isEqualTo(ids(rows));
    }

    @Test
    void sendsTheFirstOfAKeyWhenItAloneIsReleased() {
        List<OutboxRow> rows = store.write(3, "topic", "key");
        refuse(rows.get(0));
        fixture.start();
        until(() -> parked().size() == 3);
        sender.script = message -> STORED;

        store.release(List.of(rows.get(0).ref()));

        fixture.untilAllStored(rows.subList(0, 1));
        List<OutboxRow> later = store.write(1, "topic", "key");
        until(() -> parked().containsAll(ids(later)));
        assertThat(parked()).hasSize(3);
        assertThat(sender.storedOf("topic", "key"))
                .containsExactly(rows.get(0).ref().messageId());
    }

    @Test
    void parksAgainWhatIsReleasedBehindAnEarlierOneOfItsKey() {
        List<OutboxRow> rows = store.write(3, "topic", "key");
        refuse(rows.get(0));
        fixture.start();
        until(() -> parked().size() == 3);
        sender.script = message -> STORED;

        store.release(List.of(rows.get(1).ref()));

        until(() -> parked().size() == 3);
        fixture.untilDrained();
        assertThat(sender.storedOf("topic", "key")).isEmpty();
    }

    @Test
    void parksManyInFewTransactions() {
        sender.script = message -> null;
        List<OutboxRow> rows = store.write(200, "topic", null);
        fixture.start(RelayFixture.settings(200, 512));
        until(() -> sender.open().size() == 200);
        int before = store.modifications.get();

        // the relay waits for the store while the answers come
        synchronized (store) {
            rows.forEach(row -> sender.answer(row.ref().messageId(), refused(Reason.WRONG_TOPIC_TYPE), false));
        }

        until(() -> parked().size() == 200);
        assertThat(store.modifications.get() - before).isLessThanOrEqualTo(2 * RelayFixture.LANES);
    }

    @Test
    void parksForATopicThatNeverWas() {
        sender.script = message -> refused(Reason.UNKNOWN_TOPIC);
        OutboxRow row = store.write("typo", null);

        fixture.start();

        until(() -> parked().contains(row.ref().messageId()));
    }

    @Test
    void waitsForATopicThatHasTakenMessagesBeforeFromAnyProcess() {
        fixture.start();
        store.write("topic", null);
        fixture.untilDrained();
        store.rememberTopic("of-another-process");
        sender.script = message -> refused(Reason.UNKNOWN_TOPIC);

        store.write("topic", null);
        store.write("of-another-process", null);
        int before = sender.sends.get();
        until(() -> sender.sends.get() > before + 20);

        assertThat(parked()).isEmpty();
        sender.script = message -> STORED;
        fixture.untilDrained();
    }

    /** What was parked with it may be there already, and be said to be unsent. */
    @Test
    void triesToParkAndNotToSendAgainWhenTheDatabaseFailsWhileParking() {
        OutboxRow row = store.write("topic", "key");
        sender.script = (OutgoingMessage message) -> {
            store.broken = true;
            return refused(Reason.ACCESS_DENIED);
        };
        fixture.start();
        until(() -> store.parkings.get() > 3);
        assertThat(parked()).isEmpty();

        store.broken = false;

        until(() -> parked().contains(row.ref().messageId()));
        assertThat(sender.sends).hasValue(1);
    }

    @Test
    void sendsAgainWhenTheDatabaseFailsWhileItIsAskedForTheTopic() {
        OutboxRow row = store.write("topic", "key");
        sender.script = (OutgoingMessage message) -> {
            if (sender.sends.get() == 1) { // a later one may be on its way while the test heals the database
                store.broken = true;
            }
            return refused(Reason.UNKNOWN_TOPIC);
        };
        fixture.start();
        until(() -> sender.sends.get() > 1);
        sender.script = message -> STORED;
        store.broken = false;

        fixture.untilAllStored(List.of(row));
    }

    @Test
    void canProveThatARefusedMessageWasNeverStoredWhenItHasSeenItFirst() {
        OutboxRow inherited = store.write("topic", "earlier");
        sender.script = message -> refused(Reason.TOO_LARGE);
        fixture.start();
        until(() -> parked().contains(inherited.ref().messageId()));
        fixture.staysSo(() -> {});

        List<OutboxRow> own = store.write(3, "topic", "later");

        until(() -> parked().size() == 4);
        assertThat(store.unsent()).containsExactlyInAnyOrderElementsOf(ids(own));
    }

    @Test
    void cannotProveItAfterAnAttemptWithoutAnAnswer() {
        fixture.start();
        fixture.staysSo(() -> {});
        sender.script = message -> sender.sends.get() < 3 ? ScriptedSender.UNKNOWN : refused(Reason.TOO_LARGE);

        List<OutboxRow> rows = store.write(2, "topic", "key");

        until(() -> parked().size() == 2);
        assertThat(store.unsent()).containsExactly(rows.get(1).ref().messageId());
    }

    @Test
    void cannotProveItForWhatWasParkedAndReleased() {
        fixture.start();
        fixture.staysSo(() -> {});
        sender.script = message -> sender.sends.get() < 3 ? ScriptedSender.UNKNOWN : refused(Reason.TOO_LARGE);
        OutboxRow row = store.write("topic", null);
        until(() -> parked().size() == 1);
        assertThat(store.unsent()).isEmpty();

        store.release(List.of(row.ref()));

        until(() -> store.size() == 0 && parked().size() == 1);
        assertThat(store.unsent()).isEmpty();
    }

    @Test
    void cannotProveItWhenAnotherProcessHadTheLaneWhileTheMessageWasInFlight() {
        OutboxRelay relay = fixture.start();
        until(() -> relay.status().lanes() == RelayFixture.LANES);
        fixture.staysSo(() -> {});
        sender.script = message -> null;
        OutboxRow row = store.write("topic", "key");
        UUID id = row.ref().messageId();
        until(() -> sender.open().contains(id));

        Runnable giveBack = fixture.lanes.giveAllToAnother();
        until(() -> relay.status().lanes() == 0);
        giveBack.run();
        until(() -> relay.status().lanes() == RelayFixture.LANES);
        sender.answer(id, refused(Reason.TOO_LARGE), false);

        until(() -> parked().contains(id));
        assertThat(store.unsent()).isEmpty();
    }
}
