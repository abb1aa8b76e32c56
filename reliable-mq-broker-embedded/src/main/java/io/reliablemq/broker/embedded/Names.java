package io.reliablemq.broker.embedded;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What RocketMQ accepts as the name of a topic or group. */
final class Names {

    private static final Pattern VALID = Pattern.compile("[%|a-zA-Z0-9_-]+");

    private Names() {}

    static void requireValid(String what, @Nullable String name, int longest) {
        if (name == null || name.length() > longest || !VALID.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a valid %s name: use 1 to %d characters of a-z A-Z 0-9 _ - %% |"
                            .formatted(name, what, longest));
        }
    }

    /** What colons separate. */
    static List<String> parts(String text, int most, String form) {
        List<String> parts = List.of(text.split(":", -1));
        if (parts.size() > most) {
            throw new IllegalArgumentException("'%s' has too many parts: write %s".formatted(text, form));
        }
        return parts;
    }
}
