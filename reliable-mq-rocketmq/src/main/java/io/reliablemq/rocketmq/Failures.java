package io.reliablemq.rocketmq;

import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.rocketmq.client.apis.ClientException;
import org.jspecify.annotations.Nullable;

/**
 * What the exceptions of rocketmq-client-java 5.2.0 mean. Its {@link ClientException} keeps the status code in the text only;
 * checks inside the client throw plain exceptions, known by their texts (the contract tests notice when they change).
 */
final class Failures {

    private static final Pattern CODE = Pattern.compile("response-code=(\\d{5})]");
    /** Also what the proxy makes of the broker's SYSTEM_BUSY. */
    private static final int TOO_MANY_REQUESTS = 42900;

    /** Says the proxy while no master is known, and of a broker that an operator empties. */
    private static final String NO_WRITABLE_QUEUE = "no writable queue";

    /** Says the proxy while the broker that knows the topic's type does not answer, for a topic of any type. */
    private static final String TYPE_NOT_KNOWN = "expected type is UNSPECIFIED";

    private static final String LOCAL_TYPE_CHECK = "Current message type not match";
    private static final String LOCAL_SIZE_CHECK = "Message body size exceeds";

    private Failures() {}

    /** Only a definite refusal is one; everything else may or may not have been stored. */
    static SendOutcome outcomeOf(Throwable thrown) {
        Throwable failure = unwrap(thrown);
        Reason reason = refusal(failure);
        if (reason != null) {
            return new SendOutcome.Refused(reason, text(failure));
        }
        return code(failure) == TOO_MANY_REQUESTS
                ? new SendOutcome.Busy(text(failure))
                : new SendOutcome.Unknown(text(failure));
    }

    /** Whether a broker or proxy has answered, or the client has decided by what it had answered before. */
    static boolean answered(Throwable thrown) {
        Throwable failure = unwrap(thrown);
        return code(failure) != 0 || refusal(failure) != null;
    }

    /**
     * Whether the client will never work again: a session whose first settings came too late stays cancelled, or keeps
     * writing to a stream that has ended, until the client is replaced. Seen with 5.2.0 when a slow machine starts.
     */
    static boolean brokeTheClient(Throwable thrown) {
        Throwable failure = unwrap(thrown);
        return failure instanceof CancellationException || failure instanceof IllegalStateException;
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

    static Throwable unwrap(Throwable thrown) {
        Throwable failure = thrown;
        while ((failure instanceof CompletionException || failure instanceof ExecutionException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure;
    }

    /** Start-up wraps what went wrong several times: the client's own exception, or else the innermost one. */
    static Throwable root(Throwable thrown) {
        Throwable failure = thrown;
        while (!(failure instanceof ClientException) && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure;
    }

    private static @Nullable Reason refusal(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof IllegalArgumentException && message.startsWith(LOCAL_TYPE_CHECK)) {
            return Reason.WRONG_TOPIC_TYPE;
        }
        if (failure instanceof IOException && message.startsWith(LOCAL_SIZE_CHECK)) {
            return Reason.TOO_LARGE;
        }
        return switch (code(failure)) {
            case 40402 -> Reason.UNKNOWN_TOPIC;
            case 40014 -> message.contains(TYPE_NOT_KNOWN) ? null : Reason.WRONG_TOPIC_TYPE;
            case 40100 -> Reason.ACCESS_DENIED;
            case 40300 -> message.contains(NO_WRITABLE_QUEUE) ? null : Reason.ACCESS_DENIED;
            case 41300, 41301, 43100, 43101 -> Reason.TOO_LARGE;
            case 40002, 40004, 40005, 40006, 40007, 40012, 40016, 41302 -> Reason.ILLEGAL_MESSAGE;
            default -> null;
        };
    }

    /** The status code of {@code apache.rocketmq.v2.Code}, or 0 when nobody answered. */
    static int code(Throwable failure) {
        if (!(failure instanceof ClientException) || failure.getMessage() == null) {
            return 0;
        }
        Matcher matcher = CODE.matcher(failure.getMessage());
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
