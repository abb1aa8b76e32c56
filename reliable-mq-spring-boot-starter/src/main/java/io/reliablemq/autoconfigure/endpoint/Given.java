package io.reliablemq.autoconfigure.endpoint;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one request, from its query or body. Reading one that cannot be understood is a {@link Problem}, and so is one that
 * nobody asks for: a misspelt filter would mean all there is.
 */
final class Given {

    /** What the path gives. */
    private static final Set<String> SELECTORS = Set.of("section", "item");

    private final Map<String, Object> values;
    private final @Nullable String principal;

    /** @param principal who is signed in, or null */
    Given(Map<String, Object> arguments, @Nullable String principal) {
        this.values = new TreeMap<>(arguments);
        SELECTORS.forEach(values::remove);
        this.principal = principal;
    }

    /** @throws Problem when there are others */
    void only(String... names) {
        Set<String> unknown = new TreeSet<>(values.keySet());
        Arrays.asList(names).forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw Problem.badRequest("The request has " + unknown + ", which mean nothing here: use only "
                    + Arrays.stream(names).sorted().toList());
        }
    }

    boolean has(String name) {
        return text(name) != null;
    }

    @Nullable
    String text(String name) {
        Object value = values.get(name);
        if (value instanceof List<?>) {
            throw Problem.badRequest("The request has " + name + " more than once: give it once");
        }
        return value == null ? null : value.toString();
    }

    String required(String name) {
        String text = text(name);
        if (text == null || text.isBlank()) {
            throw Problem.badRequest("The request has no " + name + ": give it one");
        }
        return text;
    }

    long number(String name, long standard, long most) {
        String text = text(name);
        if (text == null) {
            return standard;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw Problem.badRequest(name + " is '" + shown(text) + "': it must be a whole number, 1 to " + most);
    }

    int limit() {
        return (int) number("limit", 50, 1000);
    }

    double rate(String name, double standard) {
        String text = text(name);
        if (text == null) {
            return standard;
        }
        try {
            double rate = Double.parseDouble(text);
            if (rate > 0 && rate <= 1_000_000) {
                return rate;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw Problem.badRequest(name + " is '" + shown(text) + "': it must be a number above 0, 1000000 at most");
    }

    boolean flag(String name) {
        String text = text(name);
        if (text == null || text.equalsIgnoreCase("false")) {
            return false;
        }
        if (text.equalsIgnoreCase("true")) {
            return true;
        }
        throw Problem.badRequest(name + " is '" + shown(text) + "': it must be true or false");
    }

    @Nullable
    UUID id(String name) {
        String text = text(name);
        return text == null ? null : uuid(name, text);
    }

    static UUID uuid(String name, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(name + " is '" + shown(text)
                    + "': it must be a message id such as 0197a9b4-7c1e-7b1f-9d7c-2f6f0f4b1a11");
        }
    }

    @Nullable
    Instant time(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw Problem.badRequest(
                    name + " is '" + shown(text) + "': it must be a time in UTC such as 2026-11-22T14:00:00Z");
        }
    }

    Instant requiredTime(String name) {
        required(name);
        Instant time = time(name);
        if (time == null) {
            throw new IllegalStateException(name + " vanished");
        }
        return time;
    }

    <E extends Enum<E>> @Nullable E choice(String name, Class<E> type) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        for (E each : type.getEnumConstants()) {
            if (each.name().equalsIgnoreCase(text.replace('-', '_'))) {
                return each;
            }
        }
        throw Problem.badRequest(name + " is '" + shown(text) + "': it must be one of "
                + Arrays.stream(type.getEnumConstants())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")));
    }

    /** Who does it: whoever is signed in, else who the request says. */
    String actor() {
        if (principal == null) {
            return required("actor");
        }
        if (has("actor")) {
            throw Problem.badRequest("The request has an actor, but " + shown(principal)
                    + " is signed in: leave it out, the audit names who is signed in");
        }
        return principal;
    }

    /** It comes back to the caller: short, in one line. */
    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 80 ? line : line.substring(0, 80) + "...";
    }
}
