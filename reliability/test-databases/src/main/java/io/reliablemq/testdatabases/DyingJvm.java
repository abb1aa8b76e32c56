package io.reliablemq.testdatabases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A small JVM that is to end at a {@link KillPoint}. */
public final class DyingJvm {

    /** As after kill -9. */
    private static final int KILLED = 137;

    private static final int SECONDS = 60;

    private DyingJvm() {}

    /**
     * Runs a main class with the class path of this JVM and waits for its end.
     *
     * @param log written by it
     * @param content of the database, told when it has not died
     * @throws AssertionError when it has not died within a minute, or of something else
     */
    public static void awaitDeath(Class<?> main, List<String> arguments, Path log, Supplier<String> content)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        if (!ended || process.exitValue() != KILLED) {
            throw new AssertionError(arguments + (ended ? " ended with " + process.exitValue() : " has not died. ")
                    + content.get() + "\nIts log:\n" + Files.readString(log));
        }
    }
}
