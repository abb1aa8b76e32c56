package io.reliablemq.rocketmq.remoting;

import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.rocketmq.client.common.ClientErrorCode;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/** What the answers and exceptions of rocketmq-client 5.5.0 mean. */
final class RemotingFailures {

    private static final SendOutcome STORED = new SendOutcome.Stored();
    /** Of a broker that an operator empties, or a topic that is closed for a while; a denied permission reads otherwise. */
    private static final String CLOSED_FOR_NOW = "is forbidden";

    private static final String SIZE = "length limit";
    private static final String LOCAL_SIZE = "size over max value";
    /** Of a batch, before anything of it is stored; the broker calls it an error of its own. */
    private static final String BATCH_SIZE = "message body size exceeded";

    private static final int NO_CODE = 0;

    private RemotingFailures() {}

    /** A result is no success: the other states come back as one too, and say that a copy or the disk is missing. */
    static Answer answerOf(SendResult result) {
        return new Answer(
                result.getSendStatus() == SendStatus.SEND_OK
                        ? STORED
                        : new SendOutcome.Unknown("the broker answered " + result.getSendStatus()),
                true);
    }

    static Answer answerOf(Throwable thrown) {
        Throwable failure = unwrap(thrown);
        return new Answer(outcomeOf(failure), failure instanceof MQBrokerException || refusal(failure) != null);
    }

    /** Only a definite refusal is one; everything else may or may not have been stored. */
    static SendOutcome outcomeOf(Throwable thrown) {
        Throwable failure = unwrap(thrown);
        Reason reason = refusal(failure);
        if (reason != null) {
            return new SendOutcome.Refused(reason, text(failure));
        }
        return switch (code(failure)) {
            case ResponseCode.SYSTEM_BUSY, ResponseCode.FLOW_CONTROL -> new SendOutcome.Busy(text(failure));
            default -> new SendOutcome.Unknown(text(failure));
        };
    }

    private static @Nullable Reason refusal(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (code(failure)) {
            case ResponseCode.TOPIC_NOT_EXIST, ClientErrorCode.NOT_FOUND_TOPIC_EXCEPTION -> Reason.UNKNOWN_TOPIC;
            case ResponseCode.MESSAGE_ILLEGAL ->
                message.contains(SIZE) || message.contains(LOCAL_SIZE) ? Reason.TOO_LARGE : Reason.ILLEGAL_MESSAGE;
            case ResponseCode.SYSTEM_ERROR -> message.contains(BATCH_SIZE) ? Reason.TOO_LARGE : null;
            case ResponseCode.NO_PERMISSION -> message.contains(CLOSED_FOR_NOW) ? null : Reason.ACCESS_DENIED;
            default -> null;
        };
    }

    /** RocketMQ's response code, 0 when there is none. */
    static int code(Throwable thrown) {
        Throwable failure = unwrap(thrown);
        if (failure instanceof MQBrokerException broker) {
            return broker.getResponseCode();
        }
        return failure instanceof MQClientException client && client.getResponseCode() > 0
                ? client.getResponseCode()
                : NO_CODE;
    }

    /** The client wraps what was wrong with a message of a batch, and what kept it from sending. */
    static Throwable unwrap(Throwable thrown) {
        Throwable failure = thrown;
        while (isWrapper(failure) && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure;
    }

    private static boolean isWrapper(Throwable failure) {
        return failure instanceof CompletionException
                || failure instanceof ExecutionException
                || (failure instanceof MQClientException client
                        && client.getResponseCode() <= 0
                        && client.getCause() instanceof MQClientException);
    }

    /** One line, for logs and operators. */
    static String text(Throwable thrown) {
        Throwable failure = unwrap(thrown);
        Throwable cause = failure.getCause();
        String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        if (cause != null && cause.getMessage() != null) {
            text += " (" + cause.getMessage() + ")";
        }
        text = text.replaceAll("\\s+", " ");
        return text.length() <= 500 ? text : text.substring(0, 500) + "...";
    }
}
