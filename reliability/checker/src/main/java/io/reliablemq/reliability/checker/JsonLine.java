package io.reliablemq.reliability.checker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One flat JSON object in one line: values are strings, whole numbers and booleans. A history needs no more, and a checker that
 * depends on nothing can be trusted with the reading of a few hundred lines. Immutable.
 */
public final class JsonLine {

    private static final String TEXT = "\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"";
    private static final Pattern MEMBER =
            Pattern.compile("\\s*" + TEXT + "\\s*:\\s*(" + TEXT + "|-?\\d+|true|false)\\s*(,|})");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(u([0-9a-fA-F]{4})|.)");

    private final Map<String, Object> members;

    private JsonLine(Map<String, Object> members) {
        this.members = members;
    }

    /** A line that begins with {@code "type"}. */
    public static JsonLine ofType(String type) {
        return new JsonLine(Map.of()).with("type", type);
    }

    /** @throws IllegalArgumentException quoting the line when it is not such an object */
    public static JsonLine parse(String line) {
        String text = line.strip();
        if (!text.startsWith("{")) {
            throw new IllegalArgumentException("not a JSON object: " + line);
        }
        Map<String, Object> members = new LinkedHashMap<>();
        Matcher matcher = MEMBER.matcher(text).region(1, text.length());
        boolean ended = text.equals("{}");
        while (!ended && matcher.lookingAt()) {
            members.put(unescaped(matcher.group(1)), value(matcher));
            ended = matcher.group(4).equals("}") && matcher.end() == text.length();
            matcher.region(matcher.end(), text.length());
        }
        if (!ended) {
            throw new IllegalArgumentException(
                    "not a flat JSON object of strings, whole numbers and booleans: " + line);
        }
        return new JsonLine(members);
    }

    /** The same with one more member. */
    public JsonLine with(String name, String value) {
        return plus(name, value);
    }

    /** The same with one more member. */
    public JsonLine with(String name, long value) {
        return plus(name, value);
    }

    /** The same with one more member. */
    public JsonLine with(String name, boolean value) {
        return plus(name, value);
    }

    /** @throws IllegalArgumentException when there is no string of that name */
    public String text(String name) {
        return member(name, String.class);
    }

    /** @throws IllegalArgumentException when there is no number of that name */
    public long number(String name) {
        return member(name, Long.class);
    }

    /** @throws IllegalArgumentException when there is no boolean of that name */
    public boolean is(String name) {
        return member(name, Boolean.class);
    }

    /** Without a line end. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder("{");
        members.forEach((name, value) -> {
            line.append(line.length() > 1 ? "," : "").append(quoted(name)).append(':');
            line.append(value instanceof String text ? quoted(text) : value);
        });
        return line.append('}').toString();
    }

    private JsonLine plus(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new JsonLine(more);
    }

    private <T> T member(String name, Class<T> type) {
        Object value = members.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is " + value + ", not a " + type.getSimpleName() + ", in " + this);
        }
        return type.cast(value);
    }

    private static Object value(Matcher matcher) {
        String token = matcher.group(2);
        if (token.startsWith("\"")) {
            return unescaped(matcher.group(3));
        }
        return token.equals("true") || token.equals("false") ? Boolean.valueOf(token) : (Object) Long.valueOf(token);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(escape -> Matcher.quoteReplacement(
                        escape.group(2) != null
                                ? String.valueOf((char) Integer.parseInt(escape.group(2), 16))
                                : simple(escape.group(1))));
    }

    private static String simple(String escape) {
        return switch (escape) {
            case "n" -> "\n";
            case "t" -> "\t";
            case "r" -> "\r";
            case "b" -> "\b";
            case "f" -> "\f";
            default -> escape;
        };
    }
}
