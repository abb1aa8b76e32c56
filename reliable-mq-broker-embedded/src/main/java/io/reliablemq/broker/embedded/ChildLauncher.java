package io.reliablemq.broker.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the child processes of one data directory, with this JVM's Java and nothing of its class path and options. */
final class ChildLauncher {

    private static final String MAIN = "io.reliablemq.broker.embedded.server.MemberMain";
    // agents, ports and heap sizes that are meant for the application
    private static final List<String> OPTIONS_OF_OTHERS =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private final Path data;
    private final List<Path> classPath;

    ChildLauncher(Path data, List<Path> classPath) {
        this.data = data;
        this.classPath = classPath;
    }

    Child launch(String name) {
        try {
            Path temporary = Files.createDirectories(data.resolve("tmp").resolve(name));
            Path locks = Files.createDirectories(data.resolve("locks"));
            ProcessBuilder builder = new ProcessBuilder(command(name, temporary, locks.resolve(name)));
            builder.directory(library().toFile());
            OPTIONS_OF_OTHERS.forEach(builder.environment()::remove);
            return new Child(name, builder.start());
        } catch (IOException e) {
            throw new EmbeddedBrokerException(
                    "A process of the embedded broker cannot be started (%s): check that '%s' is there, and the limits of memory and processes"
                            .formatted(e, java()),
                    e);
        }
    }

    private List<String> command(String name, Path temporary, Path lock) {
        boolean front = name.equals(Topology.FRONT);
        List<String> command = new ArrayList<>(List.of(
                java(),
                front ? "-Xmx256m" : "-Xmx384m",
                "-XX:+UseSerialGC",
                // starts in half the time
                "-XX:TieredStopAtLevel=1",
                // nothing outside of the data directory
                "-XX:-UsePerfData",
                "-XX:ErrorFile=" + data.resolve("hs_err_" + name + "_%p.log"),
                "-Djava.io.tmpdir=" + temporary,
                "-Duser.home=" + data,
                // standard output is for answers
                "-XX:+DisplayVMOutputToStderr",
                "-Dfile.encoding=UTF-8",
                "-cp"));
        // relative: a path may have what separates paths
        command.add(classPath.stream()
                .map(jar -> String.valueOf(jar.getFileName()))
                .collect(Collectors.joining(File.pathSeparator)));
        command.addAll(List.of(
                MAIN,
                front ? "front" : "broker",
                temporary.toString(),
                lock.toString(),
                level().name(),
                String.valueOf(ProcessHandle.current().pid())));
        return command;
    }

    private Path library() {
        return Objects.requireNonNull(classPath.get(0).getParent());
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** What the application would log at all now: the rest does not leave the child. */
    private static System.Logger.Level level() {
        Logger logger = LoggerFactory.getLogger("rocketmq");
        if (logger.isTraceEnabled()) {
            return System.Logger.Level.TRACE;
        }
        return logger.isDebugEnabled() ? System.Logger.Level.INFO : System.Logger.Level.ERROR;
    }
}
