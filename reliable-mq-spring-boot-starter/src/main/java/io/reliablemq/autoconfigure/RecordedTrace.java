package io.reliablemq.autoconfigure;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the headers of a message say about the trace that they carry, in the formats that Spring Boot propagates: W3C and B3. */
final class RecordedTrace {

    private static final int SAMPLED = 1;
    private static final int HEXADECIMAL = 16;

    private RecordedTrace() {}

    /** Whether there is a trace that is recorded, or of which that is not known yet. */
    static boolean isIn(Map<String, String> headers) {
        String w3c = headers.get("traceparent");
        if (w3c != null) {
            return isSampled(w3c);
        }
        String b3 = headers.get("b3");
        if (b3 != null) {
            return !isDenied(b3);
        }
        return headers.containsKey("X-B3-TraceId") && !isDenied(headers.get("X-B3-Sampled"));
    }

    /** The lowest bit of the last hexadecimal digit, as in {@code 00-TRACE-PARENT-01}; what cannot be read is somebody else's format. */
    private static boolean isSampled(String w3c) {
        int flags = w3c.isEmpty() ? -1 : Character.digit(w3c.charAt(w3c.length() - 1), HEXADECIMAL);
        return flags < 0 || (flags & SAMPLED) != 0;
    }

    /** {@code 0}, or {@code TRACE-SPAN-0} with or without a parent behind it. */
    private static boolean isDenied(@Nullable String b3) {
        if (b3 == null) {
            return false;
        }
        String[] parts = b3.split("-", -1);
        return (parts.length > 2 ? parts[2] : parts[0]).equals("0") || b3.equals("false");
    }
}
