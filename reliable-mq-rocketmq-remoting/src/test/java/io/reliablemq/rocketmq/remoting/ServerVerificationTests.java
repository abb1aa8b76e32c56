package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerVerificationTests {

    private final Properties system = new Properties();

    @TempDir
    private Path folder;

    @BeforeEach
    void hasAFileOfItsOwn() {
        system.setProperty("tls.config.file", folder.resolve("tls.properties").toString());
    }

    @Test
    void doesNotHappenByDefault() {
        assertThat(ServerVerification.of(system).happens()).isFalse();
        ServerVerification.of(system).requireWhatIsWanted();
    }

    @Test
    void isRefusedWhereTheClientsTestModeWouldTrustAnyCertificateAllTheSame() {
        system.setProperty("tls.client.authServer", "true");

        assertThat(ServerVerification.of(system).happens()).isFalse();
        assertThatThrownBy(() -> ServerVerification.of(system).requireWhatIsWanted())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tls.client.authServer is true")
                .hasMessageContaining("tls.test.mode.enable=false");
    }

    @Test
    void happensWithTheTestModeOff() {
        system.setProperty("tls.client.authServer", "true");
        system.setProperty("tls.test.mode.enable", "false");
        system.setProperty("io.netty.handler.ssl.defaultEndpointVerificationAlgorithm", "NONE");

        assertThat(ServerVerification.of(system).happens()).isTrue();
        ServerVerification.of(system).requireWhatIsWanted();
    }

    @Test
    void isRefusedWhereNettyWouldTrustNobodyBecauseItHearsNoName() {
        system.setProperty("tls.client.authServer", "true");
        system.setProperty("tls.test.mode.enable", "false");

        assertThatThrownBy(() -> ServerVerification.of(system).requireWhatIsWanted())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("io.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE");
    }

    /** As RocketMQ reads it. */
    @Test
    void isDecidedByTheFileWhereThereIsOne() throws Exception {
        Files.writeString(folder.resolve("tls.properties"), "tls.client.authServer=true\ntls.test.mode.enable=false\n");
        system.setProperty("tls.client.authServer", "false");

        assertThat(ServerVerification.of(system).happens()).isTrue();
    }
}
