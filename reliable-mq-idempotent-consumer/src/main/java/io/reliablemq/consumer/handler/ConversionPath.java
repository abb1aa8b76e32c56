package io.reliablemq.consumer.handler;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JacksonException.Reference;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Where in a payload its conversion has failed, as far as that is known without saying what the producer has put there. */
final class ConversionPath {

    private static final boolean JACKSON = ClassUtils.isPresent(
            "tools.jackson.databind.exc.UnrecognizedPropertyException", ConversionPath.class.getClassLoader());
    private static final int DEEPEST = 20;

    private ConversionPath() {}

    /** " at lines[0].amount", or nothing. */
    static String of(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; JACKSON && cause != null && depth < DEEPEST; depth++) {
            String path = Jackson.path(cause);
            if (path != null) {
                return path.isEmpty() ? "" : " at " + path;
            }
            cause = cause.getCause();
        }
        return "";
    }

    /** Loaded only where its types are. */
    private static final class Jackson {

        /** Null for what is none of Jackson's. */
        static @Nullable String path(Throwable thrown) {
            if (!(thrown instanceof JacksonException failure)) {
                return null;
            }
            StringBuilder path = new StringBuilder();
            int last = Math.min(failure.getPath().size(), DEEPEST);
            for (int i = 0; i < last; i++) {
                boolean producers = thrown instanceof UnrecognizedPropertyException
                        && i == failure.getPath().size() - 1;
                append(path, failure.getPath().get(i), producers);
            }
            return path.toString();
        }

        /** The key of a map, and a property that the type does not have, are the producer's words. */
        private static void append(StringBuilder path, Reference step, boolean producers) {
            String name = step.getPropertyName();
            if (name == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else if (producers || isMap(step.from())) {
                path.append("[...]");
            } else {
                path.append(path.isEmpty() ? "" : ".").append(name);
            }
        }

        private static boolean isMap(@Nullable Object from) {
            return from instanceof Map || (from instanceof Class<?> type && Map.class.isAssignableFrom(type));
        }
    }
}
