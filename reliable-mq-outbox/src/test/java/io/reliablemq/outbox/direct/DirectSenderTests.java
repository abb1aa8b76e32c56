package io.reliablemq.outbox.direct;

import static io.reliablemq.outbox.direct.AnsweringSender.STORED;
import static io.reliablemq.outbox.direct.AnsweringSender.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.OutboxOverloadedException;
import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.DirectObserver;
import io.reliablemq.outbox.spi.DirectSettings;
import io.reliablemq.outbox.spi.DirectStatus;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class DirectSenderTests {

    private static final long MB = 1024 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final AnsweringSender broker = new AnsweringSender();
    private final ManualSchedule schedule = new ManualSchedule();
    private final List<String> seen = new ArrayList<>();
    private final DirectSender sender = new DirectSender(broker, settings(3, 3), observer(), schedule);

    private static DirectSettings settings(int maxInFlight, int maxAttempts) {
        return new DirectSettings(
                maxInFlight,
                8 * MB,
                maxAttempts,
                TIMEOUT,
                new Backoff(LONGEST_PAUSE, LONGEST_PAUSE),
                Duration.ofMillis(1));
    }

    private DirectObserver observer() {
        return new DirectObserver() {
            @Override
            public void sent(OutgoingMessage message, long nanos) {
                seen.add("sent after " + Duration.ofNanos(nanos).toSeconds() + " s");
            }

            @Override
            public void retried(OutgoingMessage message, String detail) {
                seen.add("retried: " + detail);
            }

            @Override
            public void lost(OutgoingMessage message, Loss loss, String detail) {
                seen.add(loss + ": " + detail);
            }
        };
    }

    private static OutgoingMessage message() {
        return message(10);
    }

    private static OutgoingMessage message(int bytes) {
        return new OutgoingMessage(
                UUID.randomUUID(), "logs", null, null, null, "text/plain", new byte[bytes], Map.of(), 0, 0);
    }

    private static List<OutgoingMessage> messages(int count) {
        return Stream.generate(DirectSenderTests::message).limit(count).toList();
    }

    @AfterEach
    void holdsNothingForEver() {
        schedule.failure = null;
        broker.failure = null;
        schedule.advance(TIMEOUT);
        broker.open.forEach(answer -> answer.complete(STORED));
        assertThat(sender.status()).isEqualTo(new DirectStatus(0, 0));
    }

    @Test
    void sendsNothingOnTheCallersThread() {
        sender.send(messages(2));
        assertThat(broker.attempts).isEmpty();
        assertThat(sender.status().messages()).isEqualTo(2);

        broker.answers.addAll(List.of(STORED, STORED));
        schedule.run();
        assertThat(seen).containsExactly("sent after 0 s", "sent after 0 s");
    }

    @Test
    void sendsAnUnknownOutcomeAgainUnderTheSameId() {
        broker.answers.addAll(List.of(UNKNOWN, UNKNOWN, STORED));
        sender.send(messages(1));
        schedule.advance(LONGEST_PAUSE.multipliedBy(2));

        assertThat(seen).hasSize(3).startsWith("retried: nobody answers", "retried: nobody answers");
        assertThat(seen.get(2)).startsWith("sent");
        assertThat(broker.attemptedIds())
                .hasSize(3)
                .containsOnly(broker.attemptedIds().get(0));
    }

    @Test
    void pausesBeforeItSendsAgain() {
        broker.answers.add(UNKNOWN);
        sender.send(messages(1));
        schedule.advance(LONGEST_PAUSE.dividedBy(2));
        assertThat(broker.attempts).hasSize(1);
    }

    @Test
    void givesUpAfterTheLastAttempt() {
        broker.answers.addAll(List.of(UNKNOWN, UNKNOWN, UNKNOWN));
        sender.send(messages(1));
        schedule.advance(TIMEOUT);

        assertThat(broker.attempts).hasSize(3);
        assertThat(seen).last().isEqualTo("UNANSWERED: nobody answers");
    }

    @Test
    void beginsNoAttemptAfterTheTimeLimit() {
        sender.send(messages(1));
        schedule.advance(TIMEOUT);
        assertThat(seen).isEmpty();

        broker.open.remove().complete(UNKNOWN);
        schedule.advance(TIMEOUT);

        assertThat(broker.attempts).hasSize(1);
        assertThat(seen).containsExactly("UNANSWERED: nobody answers");
    }

    @Test
    void takesAnAnswerThatComesAfterTheTimeLimit() {
        sender.send(messages(1));
        schedule.advance(TIMEOUT.multipliedBy(2));

        broker.open.remove().complete(STORED);

        assertThat(seen).containsExactly("sent after 20 s");
    }

    @Test
    void freesThePlaceOfAMessageWhoseAnswerDoesNotComeAndFreesItOnce() {
        sender.send(messages(3));
        schedule.advance(PATIENCE.minusNanos(1));
        assertThat(seen).isEmpty();

        schedule.advance(Duration.ofNanos(1));

        assertThat(seen).hasSize(3).containsOnly("UNANSWERED: no answer within PT1M30S");
        assertThat(sender.status()).isEqualTo(new DirectStatus(0, 0));
        broker.open.remove().complete(STORED);
        broker.open.remove().complete(UNKNOWN);
        assertThat(seen).hasSize(3);
        assertThat(sender.status()).isEqualTo(new DirectStatus(0, 0));
    }

    @Test
    void waitsForEachAnswerItsOwnTime() {
        sender.send(messages(1));
        schedule.advance(Duration.ofSeconds(50));
        sender.send(messages(2));
        schedule.advance(Duration.ofSeconds(40));
        assertThat(seen).hasSize(1);

        schedule.advance(Duration.ofSeconds(49));
        assertThat(seen).hasSize(1);

        schedule.advance(Duration.ofSeconds(1));
        assertThat(seen).hasSize(3);
    }

    @Test
    void sendsAgainWhatWasNotAnsweredAndHonoursTheFirstAnswerToAnyAttempt() {
        DirectSender quick = withAPatienceOfThreeSeconds();
        quick.send(messages(1));
        schedule.advance(Duration.ofSeconds(4));
        assertThat(seen).containsExactly("retried: no answer within PT3S");
        assertThat(broker.attempts).hasSize(2);

        broker.open.remove().complete(STORED);
        assertThat(seen).last().isEqualTo("sent after 4 s");

        broker.open.remove().complete(STORED);
        assertThat(seen).hasSize(2);
        assertThat(quick.status()).isEqualTo(new DirectStatus(0, 0));
    }

    @Test
    void passesOverTheLateAnswerToAnAttemptThatItHasGivenUp() {
        SendOutcome refused = new SendOutcome.Refused(Reason.TOO_LARGE, "too large");
        withAPatienceOfThreeSeconds().send(messages(2));
        schedule.advance(Duration.ofSeconds(3));
        assertThat(seen).hasSize(2).containsOnly("retried: no answer within PT3S");

        broker.open.remove().complete(refused);
        schedule.advance(LONGEST_PAUSE);
        broker.open.remove().complete(refused);
        schedule.advance(LONGEST_PAUSE);

        assertThat(seen).hasSize(2);
        assertThat(broker.attempts).hasSize(4);
    }

    private DirectSender withAPatienceOfThreeSeconds() {
        broker.answersWithin = Duration.ofSeconds(2);
        return new DirectSender(broker, settings(3, 3), observer(), schedule);
    }

    @Test
    void plansNothingForASingleSendThatIsAnswered() {
        for (int i = 0; i < 100; i++) {
            broker.answers.add(STORED);
            sender.send(messages(1));
            schedule.run();
        }
        assertThat(schedule.planned()).isEqualTo(1);

        schedule.advance(PATIENCE);
        assertThat(schedule.planned()).isZero();
    }

    @Test
    void sendsNothingAgainThatWasRefused() {
        broker.answers.add(new SendOutcome.Refused(Reason.ACCESS_DENIED, "not you"));
        sender.send(messages(1));
        schedule.advance(TIMEOUT);

        assertThat(broker.attempts).hasSize(1);
        assertThat(seen).containsExactly("REFUSED: ACCESS_DENIED: not you");
    }

    @Test
    void takesAnUnknownTopicForABrokerThatMayComeBack() {
        SendOutcome noRoute = new SendOutcome.Refused(Reason.UNKNOWN_TOPIC, "no route");
        broker.answers.addAll(List.of(noRoute, STORED, noRoute, noRoute, noRoute));
        sender.send(messages(1));
        schedule.advance(TIMEOUT);
        assertThat(seen).last().asString().startsWith("sent");

        sender.send(messages(1));
        schedule.advance(TIMEOUT);
        assertThat(seen).last().isEqualTo("REFUSED: UNKNOWN_TOPIC: no route");
    }

    @Test
    void takesAnExceptionForAnUnknownOutcome() {
        broker.failure = new IllegalStateException("closed");
        sender.send(messages(1));
        schedule.run();
        assertThat(seen).containsExactly("retried: java.lang.IllegalStateException: closed");

        broker.failure = null;
        schedule.advance(LONGEST_PAUSE);
        broker.open.remove().completeExceptionally(new IllegalStateException("reset"));
        assertThat(seen).last().isEqualTo("retried: java.lang.IllegalStateException: reset");
    }

    @Test
    void refusesOneMoreThanItMayHoldAndTakesItWhenOneHasGone() {
        sender.send(messages(3));
        assertThatThrownBy(() -> sender.send(messages(1)))
                .isInstanceOf(OutboxOverloadedException.class)
                .hasMessageContaining("3 messages with")
                .hasMessageContaining("max-in-flight 3")
                .hasMessageContaining("Nothing was sent");
        assertThat(seen).containsExactly("NO_ROOM: ");

        schedule.run();
        broker.open.remove().complete(STORED);
        sender.send(messages(1));
        schedule.run();
        assertThat(broker.attempts).hasSize(4);
    }

    @Test
    void keepsAMessageThatWaitsForItsNextAttemptInItsPlace() {
        broker.answers.addAll(List.of(UNKNOWN, UNKNOWN, UNKNOWN));
        sender.send(messages(3));
        schedule.run();

        assertThatThrownBy(() -> sender.send(messages(1))).isInstanceOf(OutboxOverloadedException.class);
    }

    @Test
    void boundsTheBytesToo() {
        sender.send(List.of(message((int) (5 * MB))));
        assertThatThrownBy(() -> sender.send(List.of(message((int) (4 * MB)))))
                .isInstanceOf(OutboxOverloadedException.class)
                .hasMessageContaining("max-bytes " + 8 * MB);

        sender.send(List.of(message((int) (2 * MB))));
        assertThat(sender.status().bytes()).isGreaterThan(7 * MB);
    }

    @Test
    void takesAllOrNoneOutsideOfATransaction() {
        assertThatThrownBy(() -> sender.send(messages(4))).isInstanceOf(OutboxOverloadedException.class);
        schedule.run();

        assertThat(broker.attempts).isEmpty();
        assertThat(seen).hasSize(4).containsOnly("NO_ROOM: ");
    }

    @Test
    void takesWhatFitsAfterACommit() {
        sender.committed(messages(5));
        schedule.run();

        assertThat(broker.attempts).hasSize(3);
        assertThat(seen).containsExactly("NO_ROOM: ", "NO_ROOM: ");
    }

    @Test
    void countsWhatNobodyKnowsToBeCommittedAndSendsItNot() {
        sender.doubtful(messages(2));
        schedule.run();

        assertThat(broker.attempts).isEmpty();
        assertThat(seen).containsExactly("COMMIT_UNKNOWN: ", "COMMIT_UNKNOWN: ");
    }

    @Test
    void countsAMessageForWhichThereIsNoThread() {
        schedule.failure = new OutOfMemoryError("unable to create native thread");

        sender.committed(messages(1));

        assertThat(seen).hasSize(1).first().asString().startsWith("NO_ROOM: no thread");
    }

    @Test
    void countsOnceWhatIsOnItsWayWhenItStops() {
        sender.send(messages(3));
        schedule.run();
        broker.open.remove().complete(UNKNOWN);

        sender.stop();

        assertThat(seen).containsExactly("retried: nobody answers", "STOPPED: ", "STOPPED: ", "STOPPED: ");
        broker.open.remove().complete(STORED);
        broker.open.remove().complete(new SendOutcome.Refused(Reason.TOO_LARGE, "too large"));
        schedule.advance(TIMEOUT);
        assertThat(seen).hasSize(4);
        assertThat(broker.attempts).hasSize(3);
    }

    @Test
    void takesNothingAfterItHasStoppedUntilItIsStartedAgain() {
        sender.stop();
        assertThatThrownBy(() -> sender.send(messages(1)))
                .isInstanceOf(OutboxOverloadedException.class)
                .hasMessageContaining("has stopped");
        sender.committed(messages(1));
        assertThat(seen).containsExactly("STOPPED: ", "STOPPED: ");

        sender.start();
        sender.send(messages(1));
        schedule.run();
        assertThat(broker.attempts).hasSize(1);
    }

    @Test
    void waitsForTheAnswersOfWhatIsOnItsWayWhenItStops() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<SendOutcome> answer = new CompletableFuture<>();
        DirectSettings patient = new DirectSettings(
                10, 8 * MB, 1, TIMEOUT, new Backoff(LONGEST_PAUSE, LONGEST_PAUSE), Duration.ofMinutes(1));
        DirectSender real = new DirectSender(
                message -> {
                    asked.countDown();
                    return answer;
                },
                patient,
                observer());
        real.send(messages(1));
        asked.await();
        Thread stopping = new Thread(real::stop);
        stopping.start();
        Awaitility.await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);

        answer.complete(STORED);
        stopping.join();

        assertThat(seen).hasSize(1).first().asString().startsWith("sent");
    }

    @Test
    void hasToldOfEveryMessageBeforeItsPlaceIsFree() {
        List<Integer> inFlight = new ArrayList<>();
        DirectSender[] watched = new DirectSender[1];
        watched[0] = new DirectSender(
                broker,
                settings(3, 3),
                new DirectObserver() {
                    @Override
                    public void sent(OutgoingMessage message, long nanos) {
                        inFlight.add(watched[0].status().messages());
                        throw new IllegalStateException("the observer broke its contract");
                    }
                },
                schedule);
        broker.answers.addAll(List.of(STORED, STORED));
        watched[0].send(messages(2));
        schedule.run();

        assertThat(inFlight).containsExactly(2, 1);
        assertThat(watched[0].status()).isEqualTo(new DirectStatus(0, 0));
    }

    @Test
    void givesUpOtherAnswersAlsoWhenTheObserverFails() {
        DirectSender failing = new DirectSender(
                broker,
                settings(3, 3),
                new DirectObserver() {
                    @Override
                    public void lost(OutgoingMessage message, Loss loss, String detail) {
                        throw new IllegalStateException("the observer broke its contract");
                    }
                },
                schedule);
        failing.send(messages(2));
        schedule.advance(PATIENCE);

        assertThat(failing.status()).isEqualTo(new DirectStatus(0, 0));
    }

    @Test
    void logsTheFirstLossAtOnceAndWhatFollowsTogetherOnceAMinute(CapturedOutput output) {
        sender.doubtful(messages(1));
        assertThat(output).contains("Lost 1 direct message(s) to topic 'logs': COMMIT_UNKNOWN");

        sender.doubtful(messages(7));
        assertThat(output).doesNotContain("Lost 7");
        schedule.advance(Losses.EVERY);
        assertThat(output).contains("Lost 7 direct message(s) to topic 'logs': COMMIT_UNKNOWN");

        schedule.advance(Losses.EVERY);
        sender.doubtful(messages(2));
        sender.doubtful(messages(5));
        sender.stop();
        assertThat(output).contains("Lost 6 direct message(s)");
        assertThat(output.getOut().split("Lost 1 direct message", -1)).hasSize(3);
    }
}
