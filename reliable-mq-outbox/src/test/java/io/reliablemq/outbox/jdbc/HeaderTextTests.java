package io.reliablemq.outbox.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTests {

    @Test
    void writesPlainJson() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("traceparent", "00-1");
        headers.put("say", "\"hi\"\n");
        assertThat(HeaderText.of(headers)).isEqualTo("{\"traceparent\":\"00-1\",\"say\":\"\\\"hi\\\"\\u000a\"}");
        assertThat(HeaderText.of(Map.of())).isEqualTo("{}");
    }

    @Test
    void bringsBackAnyStringThroughUtf8() {
        Random random = new Random(42);
        for (int round = 0; round < 500; round++) {
            Map<String, String> headers = new LinkedHashMap<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                headers.put(anything(random), anything(random));
            }
            byte[] stored = HeaderText.of(headers).getBytes(StandardCharsets.UTF_8);
            assertThat(HeaderText.parse(new String(stored, StandardCharsets.UTF_8)))
                    .containsExactlyEntriesOf(headers);
        }
    }

    @Test
    void readsWhatAnOperatorReformatted() {
        assertThat(HeaderText.parse(" {\n \"a\" : \"\\u00e4\\n\\/\" ,\t\"b\":\"\" } \n"))
                .containsExactly(Map.entry("a", "\u00e4\n/"), Map.entry("b", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"a\"}",
                "{\"a\":1}",
                "{\"a\":\"b\",}",
                "{\"a\":\"b\"}x",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"b",
                "{\"a\":\"\\u12G4\"}"
            })
    void refusesAnythingElseWithoutQuotingIt(String text) {
        assertThatThrownBy(() -> HeaderText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no JSON object of strings");
    }

    private static String anything(Random random) {
        return random.ints(random.nextInt(12), 0, 0x10000)
                .map(c -> random.nextBoolean() ? c : c % 128)
                .collect(StringBuilder::new, (out, c) -> out.append((char) c), StringBuilder::append)
                .toString();
    }
}
