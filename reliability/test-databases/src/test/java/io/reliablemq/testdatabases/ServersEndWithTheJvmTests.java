package io.reliablemq.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class ServersEndWithTheJvmTests {

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopsTheServersAndDeletesTheirFolders(boolean kill) throws Exception {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-Dot.epg.working-dir=" + Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg"),
                        "-cp",
                        System.getProperty("java.class.path")
                                + File.pathSeparator
                                + System.getProperty("surefire.test.class.path", ""),
                        StartServers.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Integer> ports = portsOf(child);
        assertThat(ports).hasSize(2).allMatch(ServersEndWithTheJvmTests::listening);

        if (kill) {
            child.destroyForcibly();
        } else {
            child.getOutputStream().close();
        }
        child.waitFor();

        Instant deadline = Instant.now().plus(Duration.ofSeconds(15));
        while (Instant.now().isBefore(deadline)
                && !(serverFolders().isEmpty() && ports.stream().noneMatch(ServersEndWithTheJvmTests::listening))) {
            Thread.sleep(100);
        }
        assertThat(ports).noneMatch(ServersEndWithTheJvmTests::listening);
        assertThat(serverFolders()).isEmpty();
    }

    private static List<Integer> portsOf(Process child) throws Exception {
        List<Integer> ports = new ArrayList<>();
        BufferedReader out = child.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("jdbc:")) {
                ports.add(URI.create(line.substring("jdbc:".length())).getPort());
            }
            if (ports.size() == 2) {
                break;
            }
        }
        return ports;
    }

    private List<Path> serverFolders() throws Exception {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith("reliable-mq-"))
                    .toList();
        }
    }

    private static boolean listening(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException ex) {
            return false;
        }
    }

    static final class StartServers {

        public static void main(String[] arguments) throws Exception {
            System.out.println(TestDatabase.MARIADB.create().jdbcUrl());
            System.out.println(TestDatabase.POSTGRESQL.create().jdbcUrl());
            while (System.in.read() >= 0) {
                // until the parent closes the pipe
            }
            System.exit(0);
        }
    }
}
