package io.reliablemq.autoconfigure.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an edit puts in the place of a message's content. What is wrong with it is said without quoting it.
 *
 * @param headers all of them; null for those that are there
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not shared
record NewContent(
        byte @Nullable [] payload,
        @Nullable String contentType,
        @Nullable Map<String, String> headers) {

    static final String[] ARGUMENTS = {"payload", "payloadBase64", "contentType", "headers"};

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static NewContent of(Given given) {
        byte[] payload = payload(given);
        String contentType = given.text("contentType");
        if (payload != null && contentType == null) {
            throw Problem.badRequest(
                    "The request has a payload and no contentType: give it one, such as application/json");
        }
        if (payload == null && contentType != null) {
            throw Problem.badRequest("The request has a contentType and no payload: give both, or neither");
        }
        return new NewContent(payload, contentType, headers(given.text("headers")));
    }

    private static byte @Nullable [] payload(Given given) {
        String text = given.text("payload");
        String encoded = given.text("payloadBase64");
        if (text != null && encoded != null) {
            throw Problem.badRequest("The request has payload and payloadBase64: give one of them");
        }
        if (encoded == null) {
            return text == null ? null : text.getBytes(UTF_8);
        }
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(
                    "payloadBase64 of " + encoded.length() + " characters is not Base64: encode the payload's bytes");
        }
    }

    private static @Nullable Map<String, String> headers(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            Map<String, String> headers = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> header : JSON.readTree(text).properties()) {
                headers.put(header.getKey(), header.getValue().stringValue());
            }
            if (!text.isBlank() && text.strip().startsWith("{")) {
                return headers;
            }
        } catch (JacksonException e) {
            // told below: its message quotes the text
        }
        throw Problem.badRequest(
                "headers, " + text.length()
                        + " characters, is not a JSON object of strings in a string: write \"headers\": \"{\\\"a\\\":\\\"b\\\"}\"");
    }
}
