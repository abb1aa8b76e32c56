package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordedTraceTests {

    private static final String IDS = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

    @ParameterizedTest
    @CsvSource({"01, true", "00, false", "03, true", "02, false", "0g, true", "'', true"})
    void ofW3c(String flags, boolean recorded) {
        assertThat(RecordedTrace.isIn(Map.of("traceparent", "00-" + IDS + "-" + flags)))
                .isEqualTo(recorded);
    }

    @ParameterizedTest
    @ValueSource(strings = {IDS, IDS + "-1", IDS + "-d", IDS + "-1-05e3ac9a4f6e3b90", "1", "d"})
    void ofB3WhenItIsNotDenied(String b3) {
        assertThat(RecordedTrace.isIn(Map.of("b3", b3))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", IDS + "-0", IDS + "-0-05e3ac9a4f6e3b90"})
    void notOfB3WhenItIsDenied(String b3) {
        assertThat(RecordedTrace.isIn(Map.of("b3", b3))).isFalse();
    }

    @Test
    void ofB3InSeveralHeaders() {
        assertThat(RecordedTrace.isIn(Map.of("X-B3-TraceId", "a"))).isTrue();
        assertThat(RecordedTrace.isIn(Map.of("X-B3-TraceId", "a", "X-B3-Sampled", "1")))
                .isTrue();
        assertThat(RecordedTrace.isIn(Map.of("X-B3-TraceId", "a", "X-B3-Sampled", "0")))
                .isFalse();
        assertThat(RecordedTrace.isIn(Map.of("X-B3-TraceId", "a", "X-B3-Sampled", "false")))
                .isFalse();
    }

    @Test
    void notWithoutHeadersOfATrace() {
        assertThat(RecordedTrace.isIn(Map.of())).isFalse();
        assertThat(RecordedTrace.isIn(Map.of("source", "shop"))).isFalse();
    }
}
