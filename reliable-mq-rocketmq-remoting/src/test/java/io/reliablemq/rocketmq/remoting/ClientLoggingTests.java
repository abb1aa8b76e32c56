package io.reliablemq.rocketmq.remoting;

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

    /** Seen with a Logback of RocketMQ's on the class path: it would write {@code logs/rocketmqlogs} there. */
    @Test
    void writesNothingIntoTheHomeOfTheUser(@TempDir Path home) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.home=" + home,
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SendsToNobody.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(new File(System.getProperty("java.io.tmpdir"), "rocketmq-remoting-logging.log"))
                .start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files).containsExactly(home);
        }
    }

    static final class SendsToNobody {

        private SendsToNobody() {}

        public static void main(String[] arguments) throws Exception {
            try (RemotingConnection connection = new RemotingConnection(RemotingSettings.at("127.0.0.1:1"))) {
                connection.sender().send(message()).toCompletableFuture().get(20, TimeUnit.SECONDS);
            }
            System.exit(0);
        }

        private static OutgoingMessage message() {
            return new OutgoingMessage(
                    UUID.randomUUID(), "t", null, null, null, "text/plain", new byte[1], Map.of(), 1, 0);
        }
    }
}
