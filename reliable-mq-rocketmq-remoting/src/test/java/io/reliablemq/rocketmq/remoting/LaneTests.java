package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** What goes to one queue, and when. */
class LaneTests {

    private static final SendOutcome STORED = new SendOutcome.Stored();
    private static final SendOutcome TOO_LARGE = new SendOutcome.Refused(Reason.TOO_LARGE, "too large");

    private final List<Batch> sent = new ArrayList<>();
    private Lane lane = lane();

    @Test
    void hasOneBatchOfAQueueInFlightAndTheNextFillsMeanwhile() {
        add("a", "b");
        flush();
        add("c");
        add("d");
        flush();
        assertThat(bodies()).containsExactly("ab");

        answer(STORED);
        add("e", "f");
        flush();

        assertThat(bodies()).containsExactly("ab", "cdef");
    }

    @Test
    void sendsTheHalvesOfARefusedBatchOneAfterTheOtherBeforeWhatCameLater() {
        List<PendingSend> batch = add("a", "b", "c", "d");
        flush();
        List<PendingSend> later = add("e");

        answer(TOO_LARGE);
        flush();
        assertThat(bodies()).containsExactly("abcd", "ab");
        assertThat(batch).noneMatch(pending -> pending.outcome.isDone());

        answer(STORED);
        flush();
        assertThat(bodies()).containsExactly("abcd", "ab", "cd");
        answer(TOO_LARGE);
        flush();
        answer(TOO_LARGE);
        flush();
        assertThat(bodies()).containsExactly("abcd", "ab", "cd", "c", "d");
        answer(STORED);
        flushUntilSent(6);
        answer(STORED);

        assertThat(bodies()).containsExactly("abcd", "ab", "cd", "c", "d", "e");
        assertThat(batch)
                .extracting(pending -> pending.outcome.join())
                .containsExactly(STORED, STORED, TOO_LARGE, STORED);
        assertThat(later).extracting(pending -> pending.outcome.join()).containsExactly(STORED);
    }

    @Test
    void tellsTheRelayOfAnUnknownOutcomeOfEachMessageAndSendsNothingAgain() {
        List<PendingSend> batch = add("a", "b");
        flush();

        answer(new SendOutcome.Unknown("no answer"));
        flush();

        assertThat(batch).allMatch(pending -> pending.outcome.join() instanceof SendOutcome.Unknown);
        assertThat(bodies()).containsExactly("ab");
        assertThat(lane.isIdle()).isTrue();
    }

    @Test
    void neverLetsAnAnswerThatIsTooLateSettleOrSendAnything() {
        List<PendingSend> batch = add("a", "b");
        flush();
        long later = System.nanoTime() + Duration.ofHours(1).toNanos();

        lane.expire(later, later);
        answer(TOO_LARGE);
        flush();

        assertThat(batch).allMatch(pending -> pending.outcome.join() instanceof SendOutcome.Unknown);
        assertThat(bodies()).containsExactly("ab");
    }

    /** Tried again when this thread was away for longer than that moment. */
    @Test
    void waitsAMomentForWhatFollowsTheMessagesOfAnAnsweredBatch() {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    lane = lane();
                    sent.clear();
                    add("a", "b", "c");
                    flush();
                    answer(STORED);
                    add("d");
                    return flush() != Lane.NEVER && sent.size() == 1;
                });

        add("e", "f");
        flush();

        assertThat(bodies())
                .as("all that was to follow is there")
                .startsWith("abc")
                .hasSize(2);
    }

    @Test
    void doesNotWaitLongerThanThat() {
        add("a", "b", "c");
        flush();
        answer(STORED);
        add("d");

        flushUntilSent(2);

        assertThat(bodies()).containsExactly("abc", "d");
    }

    @Test
    void waitsForNothingAfterAMessageThatWentAlone() {
        add("a");
        flush();

        answer(STORED);
        add("b");

        assertThat(flush()).isEqualTo(Lane.NEVER);
        assertThat(bodies()).containsExactly("a", "b");
    }

    private static Lane lane() {
        return new Lane(new MessageQueue("topic", "broker", 0), 1, BatchSettings.DEFAULT);
    }

    private List<PendingSend> add(String... bodies) {
        List<PendingSend> all = Arrays.stream(bodies)
                .map(LaneTests::message)
                .map(PendingSend::new)
                .toList();
        all.forEach(lane::add);
        return all;
    }

    private long flush() {
        return lane.flush("topic", (from, batch) -> sent.add(batch));
    }

    private void flushUntilSent(int batches) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            flush();
            return sent.size() == batches;
        });
    }

    /** To the batch that was sent last. */
    private void answer(SendOutcome outcome) {
        lane.answered(sent.get(sent.size() - 1), outcome);
    }

    private List<String> bodies() {
        return sent.stream()
                .map(batch -> batch.messages().stream()
                        .map(message -> new String(message.getBody(), UTF_8))
                        .reduce("", String::concat))
                .toList();
    }

    private static OutgoingMessage message(String body) {
        return TextMessage.of("topic", body, body);
    }
}
