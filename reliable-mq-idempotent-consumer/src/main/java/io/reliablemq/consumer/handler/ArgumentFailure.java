package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.spi.ArgumentFailedException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.ConversionException;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.util.InvalidMimeTypeException;

/**
 * Why something could not be made of a message: what it was, and the classes of what was thrown. The messages of Spring's, Jackson's and a
 * converter's own exceptions quote values, and some all headers.
 */
final class ArgumentFailure {

    private static final String REMEDY = ": correct the producer, or edit the dead letter and replay it";

    private ArgumentFailure() {}

    /**
     * What Spring itself refuses, it would refuse the next time, too.
     *
     * @param target what the payload was to become
     */
    static RuntimeException ofPayload(String target, Exception thrown) {
        if (thrown instanceof MethodArgumentNotValidException invalid) {
            return Violations.named(invalid);
        }
        if (thrown instanceof FatalListenerException fatal) {
            return fatal;
        }
        String problem = "The payload cannot be made a " + target + ConversionPath.of(thrown) + because(thrown);
        return isSprings(thrown)
                ? new FatalListenerException(problem + REMEDY)
                : new ArgumentFailedException(problem, thrown);
    }

    /** @param what such as a header's name */
    static FatalListenerException ofHeader(String what, String target, Exception thrown) {
        return new FatalListenerException("The " + what + " cannot be made a " + target + because(thrown) + REMEDY);
    }

    /** @param argument what Spring would call the handler with; its call would quote it */
    static FatalListenerException unfit(String what, String target, @Nullable Object argument) {
        return new FatalListenerException(
                argument == null
                        ? "The message has no " + what + ", of which a " + target + " is to be made" + REMEDY
                        : "The " + what + " cannot be made a " + target + ", only a "
                                + argument.getClass().getName() + ": change the handler");
    }

    static FatalListenerException ofKey(String expression, RuntimeException thrown) {
        return new FatalListenerException("The key expression \"" + expression + "\" fails for this message"
                + because(thrown) + ": let it work for every message");
    }

    private static boolean isSprings(Exception thrown) {
        return thrown instanceof MessagingException
                || thrown instanceof ConversionException
                || thrown instanceof InvalidMimeTypeException;
    }

    private static String because(Throwable thrown) {
        Set<Throwable> chain = new LinkedHashSet<>();
        Throwable cause = thrown;
        while (cause != null && chain.add(cause)) {
            cause = cause.getCause();
        }
        return chain.stream().map(each -> each.getClass().getName()).collect(Collectors.joining(" by ", " (", ")"));
    }
}
