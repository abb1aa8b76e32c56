package io.reliablemq.outbox.relay;

import static io.reliablemq.outbox.relay.RelayFixture.ids;
import static io.reliablemq.outbox.relay.RelayFixture.until;
import static io.reliablemq.outbox.relay.ScriptedSender.STORED;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.RelaySettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A topic whose sends are not answered. */
class RelayHangingTests {

    private static final int WINDOW = 32;
    private static final RelaySettings SMALL = RelayFixture.settings(WINDOW, 160);

    private final RelayFixture fixture = new RelayFixture();
    private final MemoryOutbox store = fixture.store;
    private final ScriptedSender sender = fixture.sender;

    @AfterEach
    void stop() {
        heal();
        fixture.close();
    }

    private void hang(String... topics) {
        sender.script = message -> List.of(topics).contains(message.topic()) ? null : STORED;
    }

    private void heal() {
        sender.script = message -> STORED;
        sender.open().forEach(id -> sender.answer(id, STORED, true));
    }

    @Test
    void leavesPlacesToOtherTopicsAtOnce() {
        hang("hanging");
        store.write(WINDOW + 10, "hanging", null);
        OutboxRelay relay = fixture.start(RelayFixture.settings(WINDOW, 512));
        until(() -> relay.status().inFlight() == WINDOW);

        List<OutboxRow> others = store.write(100, "fine", null);
        fixture.untilAllStored(others);

        assertThat(relay.status().outages()).isEmpty();
        assertThat(sender.storedOf("hanging")).isZero();
    }

    @Test
    void keepsLittleOfItInMemorySoThatAnyNumberOfOthersGoOn() {
        hang("hanging");
        List<OutboxRow> ordered = store.write(1000, "hanging", "key");
        store.write(1000, "hanging", null);
        List<OutboxRow> others = store.write(1000, "fine", "key");
        OutboxRelay relay = fixture.start(SMALL);

        fixture.untilAllStored(others);

        assertThat(sender.storedOf("hanging")).isZero();
        assertThat(sender.sends).hasValueLessThanOrEqualTo(1000 + WINDOW);
        assertThat(relay.status().outages()).hasSize(1);
        assertThat(relay.status().held()).isLessThan(SMALL.maxHeld());
        heal();
        fixture.untilDrained();
        assertThat(sender.storedOf("hanging", "key")).isEqualTo(ids(ordered));
    }

    @Test
    void honoursAnswersThatComeLate() {
        hang("hanging");
        store.write(300, "hanging", null);
        OutboxRelay relay = fixture.start(SMALL);
        until(() -> !relay.status().outages().isEmpty());
        int sends = sender.sends.get();

        sender.answer(sender.open().get(0), STORED, true);

        until(() -> relay.status().outages().isEmpty());
        until(() -> store.size() == 299);
        assertThat(sender.sends).hasValue(sends);
        heal();
        fixture.untilDrained();
        assertThat(sender.sends).hasValue(300);
    }

    @Test
    void isNoOutageWhileOthersAreNotHindered() {
        hang("slow");
        store.write(3, "slow", null);
        OutboxRelay relay = fixture.start(SMALL);
        hang("slow", "hanging");
        store.write(200, "hanging", null);

        until(() -> !relay.status().outages().isEmpty());

        fixture.staysSo(() -> assertThat(relay.status().outages())
                .extracting(outage -> outage.topic())
                .containsExactly("hanging"));
    }

    @Test
    void leavesMemoryToOthersWhenMessagesAreLarge() {
        long memory = 8L * 1024 * 1024;
        Places places = new Places(settings(512, memory), new HeldMessages(settings(512, memory), Circumstances.REAL));
        TopicFlow flow = new TopicFlow(
                "large", new SendWindow(512, new Backoff(Duration.ofMillis(1), Duration.ofMillis(1))::nanos));

        flow.inFlight = 1;
        flow.bytesInFlight = memory / 4 - 1;
        assertThat(places.freeFor(flow)).isTrue();
        flow.bytesInFlight = memory / 4;
        assertThat(places.freeFor(flow)).isFalse();
        flow.inFlight = 0;
        assertThat(places.freeFor(flow)).isTrue();
    }

    /** Whatever the window, one topic alone has all of it, and any number of topics that hang leave a place for one more. */
    @Test
    void givesOneTopicItsWholeWindowAndAnyNumberOfThemNotAll() {
        for (int window : List.of(1, 2, 3, 7, 8, 9, 15, 31, 100, 512, 5000)) {
            int[] topics = new int[3];
            for (int topic = 0; topic < topics.length; topic++) {
                topics[topic] = taken(window, IntStream.of(topics).sum());
            }
            assertThat(topics[0]).isEqualTo(window);
            assertThat(topics[1]).as("the second of " + window).isPositive();
            if (window >= 16) {
                assertThat(topics[2]).as("the third of " + window).isPositive();
            }
        }
    }

    private static int taken(int window, int byOthers) {
        RelaySettings settings = settings(window, 1024L * 1024 * 1024);
        HeldMessages held = new HeldMessages(settings, Circumstances.REAL);
        Places places = new Places(settings, held);
        TopicFlow others = held.flow("others");
        TopicFlow flow = held.flow("topic");
        OutboxRow row = new MemoryOutbox(1).draw("topic", null);
        for (int i = 0; i < byOthers; i++) {
            held.sent(new HeldMessage(row, others, false), 0);
        }
        while (flow.inFlight < window && places.freeFor(flow)) {
            held.sent(new HeldMessage(row, flow, false), 0);
        }
        return flow.inFlight;
    }

    private static RelaySettings settings(int window, long bytes) {
        RelaySettings like = RelayFixture.settings(window, 10_000);
        return new RelaySettings(
                like.lanes(),
                like.lease(),
                like.pollMin(),
                like.pollMax(),
                like.trailing(),
                like.sweep(),
                window,
                like.maxHeld(),
                bytes,
                like.retry(),
                like.shutdownTimeout());
    }
}
