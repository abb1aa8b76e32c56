package io.reliablemq.reliability.system;

import io.reliablemq.faults.process.Children;
import io.reliablemq.faults.process.Signal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The processes of a database server of this machine, which was started by somebody else. Linux only. */
final class DatabaseServerProcess {

    private final Path pidFile;
    private final List<String> command;
    private final Path log;

    private DatabaseServerProcess(Path pidFile, List<String> command, Path log) {
        this.pidFile = pidFile;
        this.command = command;
        this.log = log;
    }

    /** @param pidFile whose first line is the process id, also of the next server */
    static DatabaseServerProcess of(Path pidFile, Path log) throws IOException {
        Path proc = Path.of("/proc", String.valueOf(pid(pidFile)));
        List<String> command = new ArrayList<>(List.of(Files.readString(proc.resolve("cmdline"), StandardCharsets.UTF_8)
                .split("\0")));
        command.set(0, Files.readSymbolicLink(proc.resolve("exe")).toString());
        if (command.get(0).endsWith("postgres")
                && System.getProperty("user.name").equals("root")) {
            // PostgreSQL refuses to run as root
            command.addAll(0, List.of("unshare", "-U"));
        }
        return new DatabaseServerProcess(pidFile, command, log);
    }

    /** All of them at once, as far as that goes. */
    void signal(Signal signal) throws IOException {
        ProcessHandle server = ProcessHandle.of(pid(pidFile)).orElseThrow();
        List<ProcessHandle> all =
                Stream.concat(Stream.of(server), server.descendants()).toList();
        signal.sendTo(all.stream().map(ProcessHandle::pid).toList());
        if (signal == Signal.KILL) {
            all.forEach(process -> process.onExit().join());
        }
    }

    /** Returns when the server has ended, which the signal asks it for. */
    void stop(Signal signal) throws IOException {
        ProcessHandle server = ProcessHandle.of(pid(pidFile)).orElseThrow();
        signal.sendTo(List.of(server.pid()));
        server.onExit().join();
    }

    /** The same command again. */
    void start() throws IOException {
        Children.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    private static long pid(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return Long.parseLong(lines.findFirst().orElseThrow().strip());
        }
    }
}
