package io.reliablemq.reliability.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message as the seeds have it: lines of {@code name: value}, an empty line, the body. In names and values {@code \n} and four hexadecimal
 * digits after {@code \}{@code u} stand for a character. Each {@code @} in a header and in the body becomes the {@link Claim#CANARY canary}.
 */
public final class Envelope {

    private static final Set<String> KNOWN = Set.of(
            "id",
            "topic",
            "tag",
            "key",
            "order",
            "type",
            "created",
            "due",
            "born",
            "attempt",
            "flags",
            "pack",
            "listener");
    private static final Pattern ESCAPED = Pattern.compile("\\\\(n|u([0-9a-fA-F]{4}))");

    private final Map<String, String> fields = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final byte[] body;

    private Envelope(String text) {
        int end = text.indexOf("\n\n");
        String head = end < 0 ? text : text.substring(0, end);
        String rest = end < 0 ? "" : text.substring(end + 2);
        head.lines().forEach(this::line);
        body = rest.replace("@", Claim.CANARY).getBytes(ISO_8859_1);
    }

    public static Envelope of(byte[] input) {
        return new Envelope(new String(input, ISO_8859_1));
    }

    private void line(String line) {
        int colon = line.indexOf(": ");
        String name = colon < 0 ? line : line.substring(0, colon);
        String value = unescaped(colon < 0 ? "" : line.substring(colon + 2));
        if (KNOWN.contains(name)) {
            fields.put(name, value.replace(Claim.CANARY, "#"));
        } else {
            headers.put(unescaped(name).replace("@", Claim.CANARY), value.replace("@", Claim.CANARY));
        }
    }

    private static String unescaped(String latin) {
        String text = new String(latin.getBytes(ISO_8859_1), UTF_8);
        return ESCAPED.matcher(text).replaceAll(found -> Matcher.quoteReplacement(character(found)));
    }

    private static String character(MatchResult found) {
        String hexadecimal = found.group(2);
        return hexadecimal == null ? "\n" : String.valueOf((char) Integer.parseInt(hexadecimal, 16));
    }

    public @Nullable String text(String field) {
        return fields.get(field);
    }

    public String text(String field, String otherwise) {
        return fields.getOrDefault(field, otherwise);
    }

    public long number(String field, long otherwise) {
        try {
            return Long.parseLong(text(field, ""));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** All lines that are none of the fields. */
    public Map<String, String> headers() {
        return headers;
    }

    public byte[] body() {
        return body;
    }
}
