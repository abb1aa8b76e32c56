package io.reliablemq.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.OutgoingMessage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientLoggingTests {

    @Test
    void writesNothingIntoTheHomeOfTheUser(@TempDir Path home) throws Exception {
        run(home, "adapter");

        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files).containsExactly(home);
        }
    }

    /** Without this the test above would prove nothing. */
    @Test
    void wouldFindTheFileThatTheClientWritesByItself(@TempDir Path home) throws Exception {
        run(home, "client");

        assertThat(home.resolve("logs/rocketmq/rocketmq-client.log")).exists();
    }

    @Test
    void leavesNoSystemPropertyBehind() {
        try (RocketMqConnection connection = new RocketMqConnection(RocketMqSettings.at("127.0.0.1:1"))) {
            assertThat(connection.status()).isNotNull();
            assertThat(System.getProperty(ClientLogging.CONFIGURATION)).isNull();
        }
    }

    private static void run(Path home, String what) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.home=" + home,
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SendsToNobody.class.getName(),
                        what)
                .redirectErrorStream(true)
                .redirectOutput(new File(System.getProperty("java.io.tmpdir"), "rocketmq-logging-" + what + ".log"))
                .start();
        assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    static final class SendsToNobody {

        private SendsToNobody() {}

        public static void main(String[] arguments) throws Exception {
            RocketMqSettings settings = RocketMqSettings.at("127.0.0.1:1");
            if (arguments[0].equals("client")) {
                new Clients(settings).producer().close();
            } else {
                try (RocketMqConnection connection = new RocketMqConnection(settings)) {
                    connection.sender().send(message()).toCompletableFuture().get(20, TimeUnit.SECONDS);
                }
            }
            System.exit(0);
        }

        private static OutgoingMessage message() {
            return new OutgoingMessage(
                    UUID.randomUUID(), "t", null, null, null, "text/plain", new byte[1], Map.of(), 1, 0);
        }
    }
}
