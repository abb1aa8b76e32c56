package io.reliablemq.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RocketMqSettingsTests {

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "http://host:8081", "a:1;b", "a:1,b:2", "a:0", "a:65536", "a:1; b:2"})
    void refusesEndpointsThatAreNot(String endpoints) {
        assertThatThrownBy(() -> RocketMqSettings.at(endpoints))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + endpoints + "\"")
                .hasMessageContaining("host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8081", "rocketmq.example.org:8081", "10.0.0.1:8081;10.0.0.2:8081", "[::1]:8081"})
    void takesEndpoints(String endpoints) {
        assertThat(RocketMqSettings.at(endpoints).endpoints()).isEqualTo(endpoints);
    }

    @Test
    void refusesTimesThatTheProxyWouldRefuse() {
        RocketMqSettings settings = RocketMqSettings.at("a:1");

        assertThatThrownBy(() ->
                        settings.withAwaitDuration(Duration.ofSeconds(2)).withRequestTimeout(Duration.ofSeconds(1)))
                .hasMessageContaining("5500 ms");
        assertThatThrownBy(() -> settings.withRequestTimeout(Duration.ZERO))
                .hasMessageContaining("request-timeout is 0 ms");
    }

    @Test
    void wantsBothKeysOrNone() {
        RocketMqSettings settings = RocketMqSettings.at("a:1");

        assertThatThrownBy(() -> settings.withCredentials("key", null)).hasMessageContaining("secret-key is missing");
    }

    @Test
    void masksSecrets() {
        assertThat(RocketMqSettings.at("a:1").withCredentials("hidden-key", "hidden-secret"))
                .asString()
                .doesNotContain("hidden");
    }
}
