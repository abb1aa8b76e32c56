package io.reliablemq.reliability.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLineTests {

    @Test
    void keepsEachKindOfValue() {
        JsonLine line = JsonLine.ofType("x")
                .with("t", "a \"b\" \\ \n \u0001 ü🚀 }, {")
                .with("n", -5)
                .with("b", true);

        JsonLine parsed = JsonLine.parse(line.toString());

        assertThat(parsed.text("t")).isEqualTo("a \"b\" \\ \n \u0001 ü🚀 }, {");
        assertThat(parsed.number("n")).isEqualTo(-5);
        assertThat(parsed.is("b")).isTrue();
        assertThat(line.toString()).doesNotContain("\n");
    }

    @Test
    void readsWhatOthersWrite() {
        JsonLine parsed = JsonLine.parse("  { \"a\" : \"\\u0041\\t\\/\" , \"b\":false }  ");

        assertThat(parsed.text("a")).isEqualTo("A\t/");
        assertThat(parsed.is("b")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "{\"a\":1", "{\"a\":1}x", "{\"a\":1.5}", "{\"a\":{}}", "{\"a\" 1}", "[]", "{\"a\":1,}"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> JsonLine.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesTheMemberThatIsMissingOrOfAnotherType() {
        JsonLine line = JsonLine.ofType("x").with("n", 5);

        assertThatThrownBy(() -> line.text("n")).hasMessageContainingAll("\"n\" is 5", "String");
        assertThatThrownBy(() -> line.number("m")).hasMessageContaining("\"m\" is null");
    }
}
