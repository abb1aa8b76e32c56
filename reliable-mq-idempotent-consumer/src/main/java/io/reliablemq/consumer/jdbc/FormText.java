package io.reliablemq.consumer.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Headers and keys as form-encoded text: readable, editable, and free of bytes that a database refuses. */
final class FormText {

    private static final int MAX_ERROR = 2000;

    private FormText() {}

    static String of(Map<String, String> headers) {
        return headers.entrySet().stream()
                .map(header -> encode(header.getKey()) + "=" + encode(header.getValue()))
                .collect(Collectors.joining("&"));
    }

    static String of(List<String> keys) {
        return keys.stream().map(FormText::encode).collect(Collectors.joining("&"));
    }

    static Map<String, String> toHeaders(String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String pair : parts(text)) {
            int equals = pair.indexOf('=');
            headers.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
        return headers;
    }

    static List<String> toKeys(@Nullable String text) {
        List<String> keys = new ArrayList<>();
        for (String key : parts(text == null ? "" : text)) {
            keys.add(decode(key));
        }
        return keys;
    }

    /** What every database takes: no NUL, no lone surrogates. */
    static @Nullable String storable(@Nullable String text) {
        return text == null ? null : new String(text.getBytes(UTF_8), UTF_8).replace('\0', '\uFFFD');
    }

    static String shortened(String error) {
        String text = error.length() > MAX_ERROR ? error.substring(0, MAX_ERROR) : error;
        return new String(text.getBytes(UTF_8), UTF_8).replace('\0', '\uFFFD');
    }

    private static String[] parts(String text) {
        return text.isEmpty() ? new String[0] : text.split("&", -1);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, UTF_8);
    }
}
