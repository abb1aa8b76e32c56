package io.reliablemq.outbox.jdbc;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Headers as a JSON object of strings: whole for every Java string, readable for operators, and without a JSON library, which the
 * application may have in any version or not at all.
 */
final class HeaderText {

    private static final String NONE = "{}";

    private final String text;
    private int position;

    private HeaderText(String text) {
        this.text = text;
    }

    static String of(Map<String, String> headers) {
        if (headers.isEmpty()) {
            return NONE;
        }
        StringBuilder out = new StringBuilder(64).append('{');
        headers.forEach((name, value) -> {
            if (out.length() > 1) {
                out.append(',');
            }
            quote(name, out);
            out.append(':');
            quote(value, out);
        });
        return out.append('}').toString();
    }

    /** @throws IllegalArgumentException when the text is not what {@link #of} writes, white space aside */
    static Map<String, String> parse(String text) {
        return text.equals(NONE) ? Map.of() : new HeaderText(text).object();
    }

    private static void quote(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                // an unpaired surrogate has no UTF-8 form: the driver would store a question mark
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private Map<String, String> object() {
        Map<String, String> headers = new LinkedHashMap<>();
        expect('{');
        if (peek() != '}') {
            member(headers);
            while (peek() == ',') {
                position++;
                member(headers);
            }
        }
        expect('}');
        if (position != text.stripTrailing().length()) {
            throw malformed();
        }
        return Collections.unmodifiableMap(headers);
    }

    private void member(Map<String, String> headers) {
        String name = string();
        expect(':');
        headers.put(name, string());
    }

    private String string() {
        expect('"');
        StringBuilder out = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            out.append(c == '\\' ? escaped() : c);
        }
        return out.toString();
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> codeUnit();
            default -> throw malformed();
        };
    }

    private char codeUnit() {
        if (position + 4 > text.length()) {
            throw malformed();
        }
        int value = 0;
        for (int end = position + 4; position < end; position++) {
            int digit = Character.digit(text.charAt(position), 16);
            if (digit < 0) {
                throw malformed();
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }

    private char next() {
        if (position >= text.length()) {
            throw malformed();
        }
        return text.charAt(position++);
    }

    private char peek() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
        return position < text.length() ? text.charAt(position) : '\0';
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw malformed();
        }
        position++;
    }

    private IllegalArgumentException malformed() {
        // not the text itself: header values may be personal data
        return new IllegalArgumentException(
                "The headers are no JSON object of strings: error at character " + position + " of " + text.length());
    }
}
