package io.reliablemq.broker.embedded.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.broker.embedded.BrokerMode;
import io.reliablemq.broker.embedded.DiskLimits;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTests {

    @TempDir
    Path directory;

    @Test
    void hasDefaultsForAllButTopicsAndGroups() {
        Launch launch = Options.parse().launch();

        assertThat(launch.settings())
                .isEqualTo(EmbeddedBrokerSettings.in(Path.of("reliable-mq-data"))
                        .withProxyPort(8081)
                        .withNameServerPort(9876));
        assertThat(launch.stopsAtEndOfInput()).isFalse();
        assertThat(launch.readyFile().path()).isNull();
    }

    @Test
    void readsEachOption() {
        Launch launch = Options.parse(
                        "--data-directory=some where",
                        "--mode=processes",
                        "--brokers=2",
                        "--replicas=2",
                        "--port=0",
                        "--name-server-port=19876",
                        "--topics=orders, payments:fifo,reminders:delay:2,,",
                        "--groups=billing,shipping:fifo",
                        "--file-reserved-time=36h",
                        "--delete-when=3, 15",
                        "--disk-max-used-space-ratio=70",
                        "--disk-space-warning-level-ratio=80",
                        "--ready-file=" + directory.resolve("ready"),
                        "--stop-at-end-of-input",
                        "--log-level=debug")
                .launch();

        assertThat(launch.settings())
                .isEqualTo(EmbeddedBrokerSettings.in(Path.of("some where"))
                        .withMode(BrokerMode.PROCESSES)
                        .withBrokers(2)
                        .withReplicas(2)
                        .withNameServerPort(19_876)
                        .withDiskLimits(new DiskLimits(Duration.ofHours(36), new TreeSet<>(Set.of(3, 15)), 70, 80))
                        .withTopics(
                                TopicDeclaration.normal("orders"),
                                TopicDeclaration.fifo("payments"),
                                new TopicDeclaration("reminders", TopicType.DELAY, 2))
                        .withGroups(GroupDeclaration.concurrent("billing"), GroupDeclaration.fifo("shipping")));
        assertThat(launch.readyFile().path()).isEqualTo(directory.resolve("ready"));
        assertThat(launch.stopsAtEndOfInput()).isTrue();
        assertThat(launch.isDebugging()).isTrue();
    }

    @Test
    void prefersTheCommandLineToTheFile() throws IOException {
        Path file = Files.writeString(directory.resolve("broker.properties"), "replicas = 2\nport=0\n# none\n");

        EmbeddedBrokerSettings settings =
                Options.parse("--replicas=1", "--config=" + file).launch().settings();

        assertThat(settings.replicas()).isEqualTo(1);
        assertThat(settings.proxyPort()).isZero();
    }

    @Test
    void refusesAFileWithWhatItDoesNotKnow() throws IOException {
        Path file = Files.writeString(directory.resolve("broker.properties"), "replica=2");

        assertThatThrownBy(() -> Options.parse("--config=" + file))
                .hasMessageContaining("'replica' in '" + file + "' is no option");
        assertThatThrownBy(() -> Options.parse("--config=" + directory.resolve("none")))
                .hasMessageContaining("none', which cannot be read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "replicas=2 | 'replicas=2' is no option",
                "--replica=2 | 'replica' is no option",
                "--replicas | --replicas has no value",
                "--replicas=two | replicas is 'two'",
                "--replicas=4 | replicas is 4",
                "--brokers=9 | brokers is 9: use 1 to 4",
                "--mode=cluster | mode is 'cluster': use in-process, processes",
                "--port=70000 | port of the gRPC proxy is 70000",
                "--port=9876 | both 9876",
                "--topics=a b | 'a b' is not a valid topic name",
                "--topics=a:ordered | 'ordered' in topic 'a:ordered' is no type",
                "--topics=a:fifo:x | queues in 'a:fifo:x' is 'x'",
                "--topics=a:fifo:1:2 | 'a:fifo:1:2' has too many parts",
                "--groups=a:lifo | 'lifo' in group 'a:lifo'",
                "--file-reserved-time=1 week | file-reserved-time is '1 week'",
                "--file-reserved-time=0h | fileReservedTime is PT0S",
                "--delete-when=noon | delete-when is 'noon'",
                "--delete-when=24 | deleteWhen is [24]",
                "--disk-max-used-space-ratio=90 | diskMaxUsedSpaceRatio is 90: use 10 to 85",
                "--disk-space-warning-level-ratio=97 | diskSpaceWarningLevelRatio is 97: use 35 to 90",
                "--ready-file=/nowhere/ready | ready-file is '/nowhere/ready'",
                "--stop-at-end-of-input=perhaps | stop-at-end-of-input is 'perhaps'",
                "--log-level=loud | log-level is 'loud'",
                "--data-directory= | data-directory is ''",
            })
    void namesTheOptionThatIsWrong(String argument, String message) {
        assertThatThrownBy(() -> Options.parse(argument).launch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesAnOptionThatIsGivenTwice() {
        assertThatThrownBy(() -> Options.parse("--port=1", "--port=2")).hasMessageContaining("--port is given twice");
    }

    @Test
    void helpsWithEveryOption() {
        assertThat(Options.parse("--help").isHelp()).isTrue();
        for (Option option : Option.values()) {
            assertThat(Usage.text()).contains("  --" + option.text() + " ");
        }
    }
}
