package io.reliablemq.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.rocketmq.client.java.exception.BadRequestException;
import org.apache.rocketmq.client.java.exception.ForbiddenException;
import org.apache.rocketmq.client.java.exception.InternalErrorException;
import org.apache.rocketmq.client.java.exception.NotFoundException;
import org.apache.rocketmq.client.java.exception.ProxyTimeoutException;
import org.apache.rocketmq.client.java.exception.TooManyRequestsException;
import org.apache.rocketmq.client.java.exception.UnauthorizedException;
import org.apache.rocketmq.shaded.io.grpc.Status;
import org.junit.jupiter.api.Test;

class FailuresTests {

    @Test
    void takesOnlyDefiniteAnswersForARefusal() {
        assertRefused(new NotFoundException(40402, "id", "no route"), Reason.UNKNOWN_TOPIC);
        assertRefused(new BadRequestException(40014, "id", "type"), Reason.WRONG_TOPIC_TYPE);
        assertRefused(new UnauthorizedException(40100, "id", "who"), Reason.ACCESS_DENIED);
        assertRefused(new ForbiddenException(40300, "id", "no"), Reason.ACCESS_DENIED);
        assertRefused(new BadRequestException(40006, "id", "group"), Reason.ILLEGAL_MESSAGE);
        assertRefused(new CompletionException(new NotFoundException(40402, "id", "no")), Reason.UNKNOWN_TOPIC);
    }

    @Test
    void knowsNothingAfterAnythingElse() {
        for (Throwable failure : List.of(
                new ProxyTimeoutException(50401, "id", "FLUSH_DISK_TIMEOUT"),
                new InternalErrorException(50001, "id", "disk full"),
                new BadRequestException(40001, "id", "access point"),
                new NotFoundException(40400, "id", "something"),
                // a failover, or a broker that an operator empties
                new ForbiddenException(
                        40300, "id", "org.apache.rocketmq.proxy.common.ProxyException: no writable queue"),
                // a broker that is stopped: its proxy has no answer to what type the topic has
                new BadRequestException(
                        40014,
                        "id",
                        "org.apache.rocketmq.proxy.common.ProxyException: TopicMessageType validate failed, the expected type"
                                + " is UNSPECIFIED, but actual type is NORMAL"),
                Status.DEADLINE_EXCEEDED.asRuntimeException(),
                Status.UNAVAILABLE.asRuntimeException(),
                new IllegalArgumentException("No writable message queue found, topiRouteData="),
                new IllegalStateException("Producer is not running now"),
                new TimeoutException())) {
            assertThat(Failures.outcomeOf(failure)).as("%s", failure).isInstanceOf(SendOutcome.Unknown.class);
        }
    }

    @Test
    void tellsABusyBrokerFromOneThatIsAway() {
        assertThat(Failures.outcomeOf(new CompletionException(new TooManyRequestsException(42900, "id", "busy"))))
                .isInstanceOf(SendOutcome.Busy.class);
    }

    @Test
    void tellsAnAnswerFromSilence() {
        assertThat(Failures.answered(new InternalErrorException(50001, "id", "disk full")))
                .isTrue();
        assertThat(Failures.answered(Status.UNAVAILABLE.asRuntimeException())).isFalse();
    }

    @Test
    void knowsWhenTheClientHasToBeReplaced() {
        assertThat(Failures.brokeTheClient(new CompletionException(new CancellationException("Task was cancelled."))))
                .isTrue();
        assertThat(Failures.brokeTheClient(new IllegalStateException("Stream is already completed")))
                .isTrue();
        assertThat(Failures.brokeTheClient(Status.UNAVAILABLE.asRuntimeException()))
                .isFalse();
    }

    private static void assertRefused(Throwable failure, Reason reason) {
        assertThat(Failures.outcomeOf(failure))
                .isInstanceOfSatisfying(SendOutcome.Refused.class, refused -> assertThat(refused.reason())
                        .isEqualTo(reason));
    }
}
