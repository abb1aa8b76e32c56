package io.reliablemq.doctor.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorCommandTests {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final DoctorCommand command = new DoctorCommand(new PrintStream(out, true, StandardCharsets.UTF_8));

    @Test
    void examinesAForeignCluster(@TempDir(cleanup = CleanupMode.NEVER) Path folder) {
        try (EmbeddedBroker broker = EmbeddedBroker.start(
                EmbeddedBrokerSettings.in(folder).withTopics(new TopicDeclaration("orders", TopicType.NORMAL, 1)))) {
            String[] right = {
                "--name-server",
                broker.nameServer(),
                "--endpoints",
                broker.endpoints(),
                "--topics",
                "orders",
                "--copies",
                "1"
            };
            assertThat(command.run(right)).isEqualTo(DoctorCommand.FINE);
            assertThat(printed())
                    .contains("OK      flush-disk", "OK      endpoint", "OK      topic ")
                    .contains("an acknowledged message is on one disk");
            assertThat(command.run("--name-server", broker.nameServer())).isEqualTo(DoctorCommand.WRONG);
            assertThat(printed()).contains("FAIL    in-sync-replicas", "-> Set inSyncReplicas=2");
            right[5] = "orders,nowhere";
            assertThat(command.run(right)).isEqualTo(DoctorCommand.WRONG);
            assertThat(printed()).contains("topic nowhere", "-t nowhere");
            right[5] = "orders";
            right[3] = "127.0.0.1:1";
            assertThat(command.run(right)).isEqualTo(DoctorCommand.UNSEEN);
            assertThat(printed()).containsPattern("UNKNOWN endpoint +127.0.0.1:1");
        }
    }

    @Test
    void saysWhatItCouldNotSee() {
        assertThat(command.run("--name-server", "127.0.0.1:1")).isEqualTo(DoctorCommand.UNSEEN);
        assertThat(printed()).contains("UNKNOWN cluster", "127.0.0.1:1 does not answer");
    }

    @ParameterizedTest
    @CsvSource({
        "'', --name-server is missing",
        "--help, There is no option '--help'",
        "--name-server, --name-server needs a value",
        "--name-server nonsense, --name-server is 'nonsense'",
        "--name-server a:1 --endpoints b, --endpoints is 'b'",
        "--name-server a:1 --copies none, --copies is 'none'",
        "--name-server a:1 --timeout 0, --timeout is '0'"
    })
    void explainsHowItIsUsed(String arguments, String problem) {
        assertThat(command.run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1)))
                .isEqualTo(DoctorCommand.MISUSED);
        assertThat(printed()).contains(problem, "Usage: java -jar");
    }

    private String printed() {
        String printed = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return printed;
    }
}
