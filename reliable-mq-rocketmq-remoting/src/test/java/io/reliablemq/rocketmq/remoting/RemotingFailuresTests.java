package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.rocketmq.client.common.ClientErrorCode;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.exception.RemotingTooMuchRequestException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RemotingFailuresTests {

    @ParameterizedTest
    @EnumSource(SendStatus.class)
    void takesOnlySendOkForSuccess(SendStatus status) {
        SendResult result = new SendResult();
        result.setSendStatus(status);

        Answer answer = RemotingFailures.answerOf(result);

        assertThat(answer.byBroker()).isTrue();
        if (status == SendStatus.SEND_OK) {
            assertThat(answer.outcome()).isInstanceOf(SendOutcome.Stored.class);
        } else {
            assertThat(answer.outcome()).isInstanceOf(SendOutcome.Unknown.class);
            assertThat(answer.outcome().text()).contains(status.name());
        }
    }

    @Test
    void takesOnlyDefiniteAnswersForARefusal() {
        assertRefused(broker(ResponseCode.TOPIC_NOT_EXIST, "no"), Reason.UNKNOWN_TOPIC);
        assertRefused(
                new MQClientException("No route info", null).setResponseCode(ClientErrorCode.NOT_FOUND_TOPIC_EXCEPTION),
                Reason.UNKNOWN_TOPIC);
        assertRefused(
                broker(ResponseCode.MESSAGE_ILLEGAL, "the message is illegal, maybe msg body length limit 4194304B"),
                Reason.TOO_LARGE);
        assertRefused(
                broker(ResponseCode.SYSTEM_ERROR, "java.lang.RuntimeException: message body size exceeded"),
                Reason.TOO_LARGE);
        assertRefused(broker(ResponseCode.MESSAGE_ILLEGAL, "timer message illegal"), Reason.ILLEGAL_MESSAGE);
        assertRefused(broker(ResponseCode.NO_PERMISSION, "User:a has no permission"), Reason.ACCESS_DENIED);
        assertRefused(
                new MQClientException(
                        "Failed to initiate the MessageBatch",
                        new MQClientException(ResponseCode.MESSAGE_ILLEGAL, "the message body length is zero")),
                Reason.ILLEGAL_MESSAGE);
    }

    @Test
    void knowsNothingAfterAnythingElse() {
        for (Throwable failure : List.of(
                broker(ResponseCode.SYSTEM_ERROR, "in-sync replicas not enough"),
                broker(ResponseCode.SERVICE_NOT_AVAILABLE, "disk full"),
                // an operator empties the broker, or has closed the topic for a while
                broker(ResponseCode.NO_PERMISSION, "the broker[10.0.0.1] sending message is forbidden"),
                broker(ResponseCode.NO_PERMISSION, "the topic[t] sending message is forbidden"),
                new RemotingTimeoutException("127.0.0.1:1", 3_000),
                new RemotingConnectException("127.0.0.1:1"),
                new RemotingTooMuchRequestException("call timeout"),
                new MQClientException("The broker[b] not exist", null),
                new IllegalStateException())) {
            assertThat(RemotingFailures.outcomeOf(failure)).as("%s", failure).isInstanceOf(SendOutcome.Unknown.class);
        }
    }

    @Test
    void tellsABusyBrokerFromOneThatIsAway() {
        assertThat(RemotingFailures.outcomeOf(new CompletionException(broker(ResponseCode.SYSTEM_BUSY, "busy"))))
                .isInstanceOf(SendOutcome.Busy.class);
        assertThat(RemotingFailures.outcomeOf(broker(ResponseCode.FLOW_CONTROL, "slow")))
                .isInstanceOf(SendOutcome.Busy.class);
    }

    @Test
    void tellsAnAnswerFromSilence() {
        assertThat(RemotingFailures.answerOf(broker(ResponseCode.SYSTEM_ERROR, "x"))
                        .byBroker())
                .isTrue();
        assertThat(RemotingFailures.answerOf(new RemotingConnectException("x")).byBroker())
                .isFalse();
    }

    private static MQBrokerException broker(int code, String remark) {
        return new MQBrokerException(code, remark);
    }

    private static void assertRefused(Throwable failure, Reason reason) {
        assertThat(RemotingFailures.outcomeOf(failure))
                .isInstanceOfSatisfying(SendOutcome.Refused.class, refused -> assertThat(refused.reason())
                        .isEqualTo(reason));
    }
}
