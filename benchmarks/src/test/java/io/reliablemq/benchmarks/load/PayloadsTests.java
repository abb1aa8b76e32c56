package io.reliablemq.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class PayloadsTests {

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 1_000_000, 999_999_999})
    void areJsonOf500BytesThatTellTheirNumber(int number) {
        assertThat(Payloads.bytesOf(number)).hasSize(500);
        assertThat(JsonMapper.shared().readTree(Payloads.of(number)).isObject()).isTrue();
        assertThat(Payloads.sequence(Payloads.of(number))).isEqualTo(number);
        assertThat(Payloads.sequence(Payloads.bytesOf(number))).isEqualTo(number);
    }
}
