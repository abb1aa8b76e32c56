package io.reliablemq.samples.shop.demo;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A jar that is run in a process of its own, again and again with the same options. */
final class Program {

    /** Whether the process with this id serves. */
    interface Ready {
        boolean test(long pid) throws Exception;
    }

    private static final int READY_WITHIN_SECONDS = 180;

    private final String name;
    private final List<String> command;
    private final Path log;
    private final Ready ready;
    private Process process;

    Program(String name, Path run, Path jar, List<String> options, Ready ready) {
        this.name = name;
        this.log = run.resolve(name + ".log");
        this.ready = ready;
        this.command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC", // these two only start faster
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString()));
        command.addAll(options);
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
    }

    /** Returns when it serves. */
    void start() throws Exception {
        launch();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_WITHIN_SECONDS);
        while (!ready.test(process.pid())) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("The " + name + " did not start: read " + log);
            }
            Thread.sleep(100);
        }
    }

    private synchronized void launch() throws IOException {
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Signal 9: nothing is flushed, closed or handed back. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; returns when the process has ended. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The " + name + " did not stop within 60 s: read " + log);
        }
    }

    private synchronized void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Override
    public String toString() {
        return name + " (process " + process.pid() + ")";
    }
}
