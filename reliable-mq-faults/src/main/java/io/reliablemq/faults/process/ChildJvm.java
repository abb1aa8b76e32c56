package io.reliablemq.faults.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A place in which one JVM after the other runs, each with a number. Used by one thread at a time: whoever strikes it heals it.
 */
public final class ChildJvm {

    private static final Duration READY_WITHIN = Duration.ofMinutes(4);

    /**
     * What a JVM is started with.
     *
     * @param environment beside the variables of this JVM
     * @param arguments by the number of the JVM, from 1, and the file that it creates when it is ready
     */
    public record Command(
            String main,
            List<String> jvmOptions,
            Function<Incarnation, List<String>> arguments,
            Path folder,
            Map<String, String> environment) {

        /** In the environment of this one. */
        public Command(
                String main, List<String> jvmOptions, Function<Incarnation, List<String>> arguments, Path folder) {
            this(main, jvmOptions, arguments, folder, Map.of());
        }
    }

    /** @param name with its number */
    public record Incarnation(String name, int number, Path ready) {}

    /**
     * One that has ended before it was ready.
     *
     * @param since when it was started, milliseconds since the epoch
     * @param at when it was seen to have ended
     * @param log what it has printed
     */
    public record FailedStart(Incarnation incarnation, long since, long at, Path log) {}

    private final String name;
    private final Command command;
    private int number;
    private long started;
    private @Nullable Incarnation current;
    private @Nullable Process process;

    public ChildJvm(String name, Command command) {
        this.name = name;
        this.command = command;
    }

    public String name() {
        return name;
    }

    /** Starts one and returns at once. */
    public void start() {
        number++;
        String full = name + "." + number;
        Incarnation next = new Incarnation(full, number, command.folder().resolve(full + ".ready"));
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(command.jvmOptions());
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), command.main()));
        line.addAll(command.arguments().apply(next));
        try {
            ProcessBuilder builder = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(log(next).toFile());
            builder.environment().putAll(command.environment());
            started = System.currentTimeMillis();
            process = Children.add(builder.start());
            current = next;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " was not started", e);
        }
    }

    /** @throws IllegalStateException when it is not ready in time, or has ended before, naming its log */
    public void awaitReady() throws InterruptedException {
        awaitReady(false);
    }

    /**
     * The same for what is started while other things are broken: one that does not come up is started anew, as an orchestrator would.
     * Answers those that did not.
     */
    public List<FailedStart> awaitReadyInTheEnd() throws InterruptedException {
        return awaitReady(true);
    }

    private List<FailedStart> awaitReady(boolean startAnew) throws InterruptedException {
        List<FailedStart> failed = new ArrayList<>();
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!Files.exists(incarnation().ready())) {
            boolean ended = !isAlive();
            if (System.nanoTime() > deadline || (ended && !startAnew)) {
                throw new IllegalStateException(incarnation().name()
                        + (ended ? " has ended before it was ready" : " is not ready after " + READY_WITHIN)
                        + ", see its log in " + command.folder());
            }
            if (ended) {
                System.out.println(incarnation().name() + " has ended before it was ready and is started anew");
                failed.add(new FailedStart(incarnation(), started, System.currentTimeMillis(), log()));
                start();
            }
            Thread.sleep(100);
        }
        return failed;
    }

    /**
     * Answers the time, in milliseconds since the epoch, before anything is done to what runs now.
     *
     * @throws IllegalStateException when it has ended by itself: to kill it then would hide that
     */
    public long aliveAt() {
        if (!isAlive()) {
            throw new IllegalStateException(
                    incarnation().name() + " has ended by itself, see its log in " + command.folder());
        }
        return System.currentTimeMillis();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Writes a line to the standard input of what runs now. */
    public void say(String line) throws IOException {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        OutputStream input = process.getOutputStream();
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    /** Sends the signal to what runs now. */
    public void signal(Signal signal) {
        if (process != null) {
            signal.sendTo(process);
        }
    }

    /** Answers whether it has ended in time. */
    public boolean awaitEnd(Duration within) throws InterruptedException {
        return process == null || process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What the last one has printed. */
    public Path log() {
        return log(incarnation());
    }

    private Path log(Incarnation incarnation) {
        return command.folder().resolve(incarnation.name() + ".log");
    }

    /** @throws IllegalThreadStateException when it has not ended */
    public int exitCode() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process.exitValue();
    }

    /** What runs now, or has run last. */
    public Incarnation incarnation() {
        if (current == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return current;
    }
}
