package io.reliablemq.doctor.broker;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as RocketMQ writes it: fastjson leaves the quotes off names that are numbers, which no standard parser takes. Values become
 * maps, lists, strings, booleans and null; a number stays the text that it is.
 */
final class Json {

    private static final int DEEPEST = 64;

    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    /** @throws IOException when it is none */
    static @Nullable Object parse(String text) throws IOException {
        Json json = new Json(text);
        Object value = json.value();
        json.skipBlanks();
        if (json.at != text.length()) {
            throw json.malformed();
        }
        return value;
    }

    /** @throws IOException when it is no JSON object */
    static Map<String, @Nullable Object> object(String text) throws IOException {
        return asObject(parse(text));
    }

    /** The value as an object; an empty one when it is none. */
    @SuppressWarnings("unchecked") // made here, with these types
    static Map<String, @Nullable Object> asObject(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    /** The value as a list; an empty one when it is none. */
    @SuppressWarnings("unchecked") // made here, with this type
    static List<@Nullable Object> asList(@Nullable Object value) {
        return value instanceof List<?> list ? (List<@Nullable Object>) list : List.of();
    }

    /** The value as text; empty when it is null. */
    static String asText(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private @Nullable Object value() throws IOException {
        skipBlanks();
        return switch (peek()) {
            case '{' -> members();
            case '[' -> elements();
            case '"' -> string();
            default -> literal();
        };
    }

    private Map<String, @Nullable Object> members() throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        enter();
        while (!ends('}')) {
            String name = peek() == '"' ? string() : bare();
            skipBlanks();
            expect(':');
            members.put(name, value());
            skipBlanks();
            separator('}');
        }
        return members;
    }

    private List<@Nullable Object> elements() throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        enter();
        while (!ends(']')) {
            elements.add(value());
            skipBlanks();
            separator(']');
        }
        return elements;
    }

    private void enter() throws IOException {
        at++;
        if (++depth > DEEPEST) {
            throw malformed();
        }
    }

    private boolean ends(char end) throws IOException {
        skipBlanks();
        if (peek() != end) {
            return false;
        }
        at++;
        depth--;
        return true;
    }

    private void separator(char end) throws IOException {
        if (peek() != end) {
            expect(',');
        }
    }

    private String string() throws IOException {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            string.append(c == '\\' ? escaped() : c);
        }
        at++;
        return string.toString();
    }

    private char escaped() throws IOException {
        char c = peek();
        at++;
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> hexadecimal();
            default -> c;
        };
    }

    private char hexadecimal() throws IOException {
        try {
            char c = (char) Integer.parseInt(text.substring(at, at + 4), 16);
            at += 4;
            return c;
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw malformed();
        }
    }

    private @Nullable Object literal() throws IOException {
        String bare = bare();
        return switch (bare) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> bare;
        };
    }

    private String bare() throws IOException {
        int start = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "+-._".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (at == start) {
            throw malformed();
        }
        return text.substring(start, at);
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private char peek() throws IOException {
        if (at >= text.length()) {
            throw malformed();
        }
        return text.charAt(at);
    }

    private void expect(char c) throws IOException {
        if (peek() != c) {
            throw malformed();
        }
        at++;
    }

    private IOException malformed() {
        return new IOException("malformed JSON at character " + at);
    }
}
