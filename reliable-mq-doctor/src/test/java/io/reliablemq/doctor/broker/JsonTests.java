package io.reliablemq.doctor.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTests {

    @Test
    void readsWhatRocketMqWrites() throws IOException {
        assertThat(Json.parse("{\"a\":{0:\"x:1\",12:\"y\"},\"b\":[1,-2.5e3,true,null,{}],\"c\":[]}"))
                .isEqualTo(Map.of(
                        "a",
                        Map.of("0", "x:1", "12", "y"),
                        "b",
                        Arrays.asList("1", "-2.5e3", true, null, Map.of()),
                        "c",
                        List.of()));
    }

    @Test
    void readsBlanksAndEscapes() throws IOException {
        assertThat(Json.parse(" { \"a\\n\\\"\\u00e9\\/\" : \"\\t\\\\\" , \"b\" : [ 1 , 2 ] } "))
                .isEqualTo(Map.of("a\n\"\u00e9/", "\t\\", "b", List.of("1", "2")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "{\"a\"}", "{\"a\":}", "[1 2]", "\"a", "{} {}", "[1,", "\"\\u12\"", "\"\\uxxxx\"", "?"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("malformed");
    }

    @Test
    void refusesWhatIsNestedTooDeeply() {
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).isInstanceOf(IOException.class);
    }
}
