package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EmbeddedBrokerSettingsTests {

    private final EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(Path.of("data"));

    @Test
    void makesTheDirectoryAbsolute() {
        assertThat(settings.dataDirectory()).isAbsolute();
    }

    @Test
    void refusesThreeReplicasThatDieTogether() {
        assertThatThrownBy(() -> settings.withReplicas(3)).hasMessageContaining("use mode processes");
        assertThat(settings.withMode(BrokerMode.PROCESSES).withReplicas(3).replicas())
                .isEqualTo(3);
        assertThatThrownBy(() -> settings.withMode(BrokerMode.PROCESSES).withReplicas(4))
                .hasMessageContaining("replicas is 4");
    }

    @Test
    void refusesBrokersThatNoControllerElectsFor() {
        assertThatThrownBy(() ->
                        settings.withMode(BrokerMode.PROCESSES).withBrokers(2).withReplicas(3))
                .hasMessageContaining("brokers is 2 with 3 replicas");
        assertThatThrownBy(() -> settings.withBrokers(5)).hasMessageContaining("brokers is 5: use 1 to 4");
        assertThatThrownBy(() -> settings.withBrokers(0)).hasMessageContaining("brokers is 0: use 1 to 4");
        assertThat(settings.withReplicas(2).withBrokers(2).brokers()).isEqualTo(2);
    }

    @Test
    void refusesPortsThatDoNotExist() {
        assertThatThrownBy(() -> settings.withProxyPort(70_000))
                .hasMessageContaining("port of the gRPC proxy is 70000");
        assertThatThrownBy(() -> settings.withNameServerPort(-1)).hasMessageContaining("port of the name server is -1");
    }

    @Test
    void refusesTheSamePortTwice() {
        assertThatThrownBy(() -> settings.withProxyPort(9_876).withNameServerPort(9_876))
                .hasMessageContaining("both 9876");
    }

    @Test
    void refusesNamesThatRocketMqRefuses() {
        assertThatThrownBy(() -> TopicDeclaration.normal("with space")).hasMessageContaining("'with space'");
        assertThatThrownBy(() -> GroupDeclaration.concurrent("")).hasMessageContaining("consumer group");
        assertThatThrownBy(() -> new TopicDeclaration("t", TopicType.NORMAL, 0)).hasMessageContaining("0 queues");
        assertThatThrownBy(() -> new GroupDeclaration("g", false, -1)).hasMessageContaining("retryMaxTimes -1");
    }
}
