package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program, by what it prints, its ready file and its exit status. */
@EnabledOnOs(OS.LINUX)
class StandaloneBrokerTests {

    @TempDir
    Path directory;

    @Test
    void servesWhatAFileDeclaresUntilItIsTerminatedAndThenClosesInOrder() throws Exception {
        Path file = Files.writeString(directory.resolve("broker.properties"), """
                mode=processes
                replicas=2
                port=0
                name-server-port=0
                topics=orders, payments:fifo:2
                groups=shop
                """);
        Path ready = directory.resolve("ready");
        String endpoints;
        try (BrokerProcess process = start(file, ready)) {
            endpoints = process.endpoints();
            assertThat(ready)
                    .content()
                    .contains("endpoints=" + endpoints + "\n")
                    .contains("name-server=127.0.0.1:");
            assertThat(process.processes())
                    .as("itself, two brokers, name server with proxy")
                    .hasSize(4);
            assertThat(ListeningSockets.of(process.processes().get(0))).isEmpty();
            try (Client client = new Client(endpoints)) {
                Client.send(client.producer("orders"), Client.message("orders", "kept"));
            }
            assertThat(process.terminate()).endsWith("STOPPED");
            assertThat(process.exitStatus()).isEqualTo(128 + 15);
        }
        assertThat(ready).doesNotExist();
        try (BrokerProcess process = start(file, ready);
                Client client = new Client(process.endpoints())) {
            assertThat(process.endpoints()).isEqualTo(endpoints);
            assertThat(Client.receive(client.consumer("shop", "orders"), List.of("kept")))
                    .containsOnly("kept");
        }
    }

    private BrokerProcess start(Path file, Path ready) throws Exception {
        return BrokerProcess.with(
                directory,
                "--config=" + file,
                "--ready-file=" + ready,
                "--data-directory=" + directory.resolve("a data:directory"));
    }

    @Test
    void saysWhichOptionIsWrong() throws Exception {
        assertThat(refusal(2, "--replicas=3"))
                .contains("replicas is 3 in one process")
                .contains("--help");
    }

    @Test
    void saysThatAPortIsTakenAndDoesNotLookReady() throws Exception {
        Path ready = Files.writeString(directory.resolve("ready"), "of one that was killed");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(refusal(1, "--name-server-port=" + taken.getLocalPort(), "--port=0", "--ready-file=" + ready))
                    .contains("port " + taken.getLocalPort() + " of the name server is taken")
                    .contains("0 for a free one");
        }
        assertThat(ready).doesNotExist();
    }

    /** Where not even root can write. */
    @Test
    void saysThatTheDataDirectoryIsReadOnly() throws Exception {
        assertThat(refusal(1, "--data-directory=/sys/fs"))
                .contains("'/sys/fs' cannot be written")
                .contains("choose a local directory");
    }

    private String refusal(int status, String... options) throws Exception {
        String[] all = Stream.concat(
                        Stream.of("--data-directory=" + directory.resolve("data"))
                                .filter(option -> Arrays.stream(options)
                                        .noneMatch(other -> other.startsWith("--data-directory"))),
                        Arrays.stream(options))
                .toArray(String[]::new);
        try (BrokerProcess process = BrokerProcess.with(directory, all)) {
            assertThat(process.exitStatus()).isEqualTo(status);
            return process.answer();
        }
    }
}
