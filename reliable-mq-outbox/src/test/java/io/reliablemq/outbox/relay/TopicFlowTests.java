package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.OutboxRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is sent next; the test is the dispatcher. */
class TopicFlowTests {

    private final MemoryOutbox store = new MemoryOutbox(1);
    private final HeldMessages held = new HeldMessages(RelayFixture.settings(64, 512), Circumstances.REAL);
    private final TopicFlow flow = held.flow("topic");

    @BeforeEach
    void someAreReady() {
        for (int i = 0; i < 200; i++) {
            hold("topic");
        }
    }

    private HeldMessage hold(String topic) {
        OutboxRow row = store.write(1, topic, null).get(0);
        held.add(row, false);
        return Objects.requireNonNull(held.get(row.ref().messageId()));
    }

    @Test
    void whatHasFailedTwiceHasAPartOfTheWindowAndLeavesTheRest() {
        List<HeldMessage> failed = sendAll();
        failed.forEach(this::fail);
        assertThat(sendAll()).containsExactlyInAnyOrderElementsOf(failed);
        failed.forEach(this::fail);

        List<HeldMessage> next = sendAll();

        assertThat(next).hasSize(64);
        assertThat(next.subList(0, 16)).allMatch(failed::contains);
        assertThat(next.subList(16, 64)).noneMatch(failed::contains);
    }

    @Test
    void whatHasFailedTwiceWaitsWhenAllSuchMessagesHaveTheirPlaces() {
        List<HeldMessage> failed = sendAll();
        failed.forEach(this::fail);
        sendAll().forEach(this::fail);

        assertThat(flow.next(0, false)).isNotNull().matches(message -> !message.stuck());
        assertThat(flow.next(0, true)).isNotNull().matches(HeldMessage::stuck);
    }

    @Test
    void anOutageIsProbedWithOneThatIsStuckAndAFewThatAreNot() {
        sendAll().forEach(this::fail);
        sendAll().forEach(this::fail);
        assertThat(flow.window.silent(0)).isTrue();

        List<HeldMessage> probes = sendAll(flow.window.gate());
        assertThat(probes).hasSize(4);
        assertThat(probes).filteredOn(HeldMessage::stuck).hasSize(1);
        fail(probes.get(0));
        assertThat(sendAll(flow.window.gate())).isEmpty();
        probes.subList(1, 4).forEach(this::fail);
        flow.window.unknown(0, 0, true);
        held.dropWaiting(message -> !message.stuck());

        assertThat(sendAll(flow.window.gate() - 1)).isEmpty();
        assertThat(sendAll(flow.window.gate())).hasSize(1);
    }

    /** Those of other topics, too: the memory is one. */
    @Test
    void ofAllTopicsAnEighthOfTheMemoryIsForWhatIsStuckForLongestElsewhere() {
        List<HeldMessage> stuck = sendAll();
        stuck.forEach(this::fail);
        sendAll().forEach(this::fail);
        assertThat(held.shedStuck(stuck.get(63))).isEmpty();
        HeldMessage other = hold("other");
        other.failed();
        assertThat(flow.stuck).hasSize(64);
        held.failed(other);

        assertThat(held.shedStuck(other)).singleElement().matches(stuck::contains);
        assertThat(flow.stuck).hasSize(63);
        assertThat(other.flow.stuck).containsExactly(other);
    }

    /** Else it would be tried, and would count, as if it had never failed, each time it is read. */
    @Test
    void whatWasLetGoOfIsStuckWhenItIsReadAgainUntilItIsStored() {
        List<OutboxRow> rows = new ArrayList<>();
        for (int i = 0; i < 66; i++) {
            rows.addAll(store.write(1, "ordered", "key-" + i));
        }
        List<HeldMessage> shed = new ArrayList<>();
        for (OutboxRow one : rows) {
            HeldMessage message = held.add(one, false);
            held.failed(message);
            held.failed(message);
            shed.addAll(held.shedStuck(message));
        }
        assertThat(shed).hasSize(2);
        OutboxRow row = shed.get(0).row;
        assertThat(held.mayWaitInTheTable(row)).isTrue();

        HeldMessage again = held.add(row, false);
        assertThat(again.blocks()).isTrue();
        again.flow.outageEnded(0);
        HeldMessage afterAnOutage = held.add(shed.get(1).row, false);
        assertThat(afterAnOutage.stuck()).isTrue();
        assertThat(afterAnOutage.blocks()).isFalse();
        again.failed();
        assertThat(again.tells()).isFalse();
        held.settling(again);
        held.drop(again);

        assertThat(held.add(row, false).stuck()).isFalse();
    }

    /** Else what is behind it would be left in the table just when all could go on. */
    @Test
    void whatHasFailedBeforeAnOutageEndedKeepsOthersOutOnlyWhenItFailsAgain() {
        HeldMessage message = held.add(store.write(1, "topic", "key").get(0), false);
        held.failed(message);
        held.failed(message);
        assertThat(flow.isStuck("key")).isTrue();

        flow.outageEnded(0);
        assertThat(flow.isStuck("key")).isFalse();
        assertThat(message.stuck()).isTrue();

        held.failed(message);
        assertThat(flow.isStuck("key")).isTrue();
    }

    @Test
    void whatWaitsBehindLeavesTheMemoryWhenItIsWantedAndNothingHasGoneOnForASecond() {
        long second = 1_000_000_000L;
        List<OutboxRow> rows = store.write(3, "topic", "key");
        HeldMessage first = held.add(rows.get(0), false);
        held.failed(first);
        held.failed(first);
        flow.outageEnded(0);
        rows.subList(1, 3).forEach(row -> held.add(row, false));
        flow.stuckWentOn(second);

        assertThat(flow.scarce(2 * second - 1)).isFalse();
        assertThat(flow.isStuck("key")).isFalse();
        assertThat(flow.scarce(2 * second)).isTrue();
        assertThat(flow.scarce(2 * second)).isFalse();
        assertThat(flow.isStuck("key")).isTrue();
        assertThat(held.shedBehindStuck(flow))
                .extracting(message -> message.row)
                .containsExactlyElementsOf(rows.subList(1, 3));
        assertThat(held.withFollowers(first)).containsExactly(first);

        flow.outageEnded(3 * second);
        assertThat(flow.isStuck("key")).isFalse();
    }

    @Test
    void goesOnAgainAfterAnOutageWhenNothingIsStuckAnyMore() {
        HeldMessage message = held.add(store.write(1, "topic", "key").get(0), false);
        held.failed(message);
        held.failed(message);
        flow.outageEnded(0);
        assertThat(flow.goesOnAgain()).isFalse();

        held.settling(message);
        assertThat(flow.goesOnAgain()).isTrue();

        flow.resume(0);
        assertThat(flow.goesOnAgain()).isFalse();
    }

    @Test
    void theLastOneThatIsStuckIsNotLetGoOf() {
        HeldMessage large = held.add(store.write(1, "large", "key").get(0), false);
        held.failed(large);
        held.failed(large);
        List<HeldMessage> stuck = sendAll();
        stuck.forEach(this::fail);
        sendAll().forEach(this::fail);

        HeldMessage shed = held.shedStuck(stuck.get(0)).get(0);

        assertThat(shed).isNotSameAs(large);
        assertThat(stuck).contains(shed);
    }

    @Test
    void answersOfThoseThatHaveFailedDoNotHideThatTheOthersGetNone() {
        sendAll().forEach(this::fail);
        sendAll().forEach(this::fail);
        List<HeldMessage> sent = sendAll();
        flow.silentLooks();

        fail(sent.get(0));

        assertThat(flow.silentLooks()).isEqualTo(1);
        store(sent.get(63));
        assertThat(flow.silentLooks()).isZero();
    }

    private List<HeldMessage> sendAll() {
        return sendAll(0);
    }

    private List<HeldMessage> sendAll(long now) {
        List<HeldMessage> sent = new ArrayList<>();
        for (HeldMessage next = flow.next(now, true); next != null; next = flow.next(now, true)) {
            held.sent(next, now);
            sent.add(next);
        }
        return sent;
    }

    private void fail(HeldMessage message) {
        held.answered(message);
        message.state = HeldMessage.State.WAITING;
        flow.retryAt(message, 0);
        held.failed(message);
    }

    private void store(HeldMessage message) {
        held.answered(message);
        held.settling(message);
    }
}
