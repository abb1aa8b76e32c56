package io.reliablemq.outbox.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reliablemq.reliability.fuzz.Claim;
import io.reliablemq.reliability.fuzz.Envelope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Headers as they stand in the outbox table: whatever is written is read back as it was, and Jackson reads the same. */
public final class HeaderTextFuzz {

    private static final JsonMapper JACKSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Two line breaks, taken for one character. */
    private static final String EMPTY_LINE = "\u0a0a";

    private HeaderTextFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Envelope envelope = Envelope.of(input);
        comesBack(envelope.headers());
        comesBack(ofAllCharacters(input));
        reads(new String(envelope.body(), UTF_8));
    }

    /** Halves of surrogate pairs as well. */
    private static Map<String, String> ofAllCharacters(byte[] input) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i + 1 < input.length; i += 2) {
            text.append((char) (((input[i] & 0xff) << 8) | (input[i + 1] & 0xff)));
        }
        String[] parts = text.toString().split(EMPTY_LINE, -1);
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i + 1 < parts.length; i += 2) {
            headers.put(parts[i], parts[i + 1]);
        }
        headers.put("all", text.toString());
        return headers;
    }

    private static void comesBack(Map<String, String> headers) {
        String text = HeaderText.of(headers);
        Claim.equal(entries(HeaderText.parse(text)), entries(headers), "what was written");
        Claim.equal(new String(text.getBytes(UTF_8), UTF_8), text, "what a driver stores");
        Claim.equal(entries(byJackson(text)), entries(headers), "what Jackson reads");
    }

    /** Somebody may have edited it. */
    private static void reads(String text) {
        Map<String, String> headers;
        try {
            headers = HeaderText.parse(text);
        } catch (IllegalArgumentException e) {
            Claim.mayBeLogged(e.getMessage());
            Claim.holds(!isObjectOfStrings(text), "what Jackson takes is refused");
            return;
        }
        comesBack(headers);
        if (isObjectOfStrings(text)) {
            Claim.equal(entries(headers), entries(byJackson(text)), "what was read");
        }
    }

    private static List<Map.Entry<String, String>> entries(Map<String, String> headers) {
        return new ArrayList<>(headers.entrySet());
    }

    private static boolean isObjectOfStrings(String text) {
        try {
            JsonNode node = JACKSON.readTree(text);
            return node.isObject() && node.values().stream().allMatch(JsonNode::isString);
        } catch (JacksonException e) {
            return false;
        }
    }

    private static Map<String, String> byJackson(String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        JACKSON.readTree(text)
                .properties()
                .forEach(
                        member -> headers.put(member.getKey(), member.getValue().asString()));
        return headers;
    }
}
