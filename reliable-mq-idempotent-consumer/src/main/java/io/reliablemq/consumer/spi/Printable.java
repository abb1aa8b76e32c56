package io.reliablemq.consumer.spi;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a producer has chosen, as it may stand in a log: in one line, and not without end. */
public final class Printable {

    private static final int LONGEST = 255;
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");

    private Printable() {}

    /** Without control characters, and cut after 255 characters. */
    public static String of(@Nullable String text) {
        String whole = String.valueOf(text);
        String part = whole.length() > LONGEST ? whole.substring(0, LONGEST) + "..." : whole;
        return CONTROLS.matcher(part).replaceAll("?");
    }
}
