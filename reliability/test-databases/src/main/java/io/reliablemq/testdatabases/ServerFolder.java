package io.reliablemq.testdatabases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The temporary folder of a server process. A shell process watches this JVM through a pipe: when the JVM ends, killed
 * or not, it stops the server if that still runs and deletes the folder.
 */
final class ServerFolder {

    private static final String WAIT_THEN_STOP_AND_DELETE = """
            cat >/dev/null
            pid=$(head -n 1 "$2" 2>/dev/null)
            running() { [ -n "$pid" ] && tr '\\0' '\\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$1"; }
            running "$1" && kill -TERM "$pid"
            for i in $(seq 100); do running "$1" || break; sleep 0.1; done
            running "$1" && kill -KILL "$pid"
            rm -rf "$1"
            """;

    private ServerFolder() {}

    /**
     * Creates the folder and starts watching.
     *
     * @param prefix start of the folder's name
     * @param pidFile where, inside the folder, the server will write its process id
     */
    static Path create(String prefix, String pidFile) {
        try {
            Path folder = Files.createTempDirectory("reliable-mq-" + prefix + "-");
            new ProcessBuilder(List.of(
                            "setsid",
                            "sh",
                            "-c",
                            WAIT_THEN_STOP_AND_DELETE,
                            "reliable-mq-" + prefix + "-watch",
                            folder.toString(),
                            folder.resolve(pidFile).toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return folder;
        } catch (IOException ex) {
            throw new UncheckedIOException(
                    "No folder for a " + prefix + " server under " + System.getProperty("java.io.tmpdir"), ex);
        }
    }
}
