package io.reliablemq.consumer.spi;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.core.convert.ConversionException;
import org.springframework.messaging.MessagingException;
import org.springframework.util.InvalidMimeTypeException;

/**
 * A failure as it may stand in a log, in a trace, or in a dead letter. Those of the conversion quote the payload in their messages, and all headers: of
 * them, and of what caused them, only the classes are told.
 */
public final class LoggedFailure {

    private LoggedFailure() {}

    /** Whether it may be logged with its stack trace, which holds the messages, too. */
    public static boolean mayBeShown(Throwable failure) {
        return chain(failure).stream().noneMatch(LoggedFailure::quotesTheMessage);
    }

    /** In one line, without what the message holds. */
    public static String of(Throwable failure) {
        if (failure instanceof ArgumentFailedException || mayBeShown(failure)) {
            return failure.toString();
        }
        return chain(failure).stream().map(cause -> cause.getClass().getName()).collect(Collectors.joining(" by "));
    }

    private static boolean quotesTheMessage(Throwable failure) {
        return failure instanceof ArgumentFailedException
                || failure instanceof MessagingException
                || failure instanceof ConversionException
                || failure instanceof InvalidMimeTypeException
                || failure.getClass().getName().startsWith("tools.jackson.")
                || failure.getClass().getName().startsWith("com.fasterxml.jackson.");
    }

    private static Set<Throwable> chain(Throwable failure) {
        Set<Throwable> seen = new LinkedHashSet<>();
        Throwable cause = failure;
        while (cause != null && seen.add(cause)) {
            cause = cause.getCause();
        }
        return seen;
    }
}
