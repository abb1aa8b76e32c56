package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.OutboxRow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is sent next; the test is the dispatcher. */
class TopicFlowTests {

    private final MemoryOutbox store = new MemoryOutbox(1);
    private final HeldMessages held = new HeldMessages(RelayFixture.settings(64, 512), Circumstances.REAL);
    private final TopicFlow flow = held.flow("topic");

    @BeforeEach
    void someAreReady() {
        for (OutboxRow row : store.write(200, "topic", null)) {
            held.add(row, false);
        }
    }

    @Test
    void whatHasFailedHasAPartOfTheWindowAndLeavesTheRest() {
        List<HeldMessage> failed = sendAll();
        failed.forEach(this::fail);

        List<HeldMessage> next = sendAll();

        assertThat(next).hasSize(64);
        assertThat(next.subList(0, 16)).allMatch(failed::contains);
        assertThat(next.subList(16, 64)).noneMatch(failed::contains);
    }

    @Test
    void anOutageIsProbedWithThoseThatHaveNotFailed() {
        sendAll().forEach(this::fail);
        assertThat(flow.window.silent(0)).isTrue();

        HeldMessage probe = flow.next(flow.window.gate());

        assertThat(probe).isNotNull().matches(message -> !message.suspect());
    }

    @Test
    void anOutageIsProbedWithAFewThatHaveNotFailedAndElseWithOneThatHas() {
        sendAll().forEach(this::fail);
        assertThat(flow.window.silent(0)).isTrue();

        List<HeldMessage> probes = sendAll(flow.window.gate());
        assertThat(probes).hasSize(16);
        fail(probes.get(0));
        assertThat(sendAll(flow.window.gate())).isEmpty();
        probes.subList(1, 16).forEach(this::fail);
        flow.window.unknown(0, 0, true);
        held.dropWaiting(message -> !message.suspect());

        assertThat(sendAll(flow.window.gate() - 1)).isEmpty();
        assertThat(sendAll(flow.window.gate())).hasSize(1);
    }

    @Test
    void answersOfThoseThatHaveFailedDoNotHideThatTheOthersGetNone() {
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
        for (HeldMessage next = flow.next(now); next != null; next = flow.next(now)) {
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
