package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemotingSettingsTests {

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "http://host:9876", "a:1;b", "a:1,b:2", "a:0", "a:65536", "a:1; b:2"})
    void refusesNameServersThatAreNot(String nameServer) {
        assertThatThrownBy(() -> RemotingSettings.at(nameServer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name-server is \"" + nameServer + "\"")
                .hasMessageContaining("host:port");
    }

    @Test
    void refusesBatchesThatNoBrokerTakes() {
        assertThatThrownBy(() -> new BatchSettings(0, 1024, 1)).hasMessageContaining("batch.max-messages is 0");
        assertThatThrownBy(() -> new BatchSettings(1, 5 * 1024 * 1024, 1)).hasMessageContaining("batch.max-bytes");
        assertThatThrownBy(() -> new BatchSettings(1, 1024, 65)).hasMessageContaining("batch.in-flight is 65");
    }

    @Test
    void refusesTimesOutOfRange() {
        RemotingSettings settings = RemotingSettings.at("a:1");

        assertThatThrownBy(() -> settings.withRequestTimeout(Duration.ZERO))
                .hasMessageContaining("request-timeout is 0 ms");
        assertThatThrownBy(() -> settings.withRouteRefresh(Duration.ofHours(1))).hasMessageContaining("route-refresh");
    }

    @Test
    void wantsBothKeysOrNone() {
        assertThatThrownBy(() -> RemotingSettings.at("a:1").withCredentials("key", null))
                .hasMessageContaining("secret-key is missing");
    }

    @Test
    void masksSecrets() {
        assertThat(RemotingSettings.at("a:1").withCredentials("hidden-key", "hidden-secret"))
                .asString()
                .doesNotContain("hidden");
    }
}
