package io.reliablemq.broker.embedded;

import io.reliablemq.broker.embedded.standalone.StandaloneBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The standalone broker in a JVM of its own, whose home and temporary directory can be looked into. */
final class BrokerProcess implements AutoCloseable {

    private static final String READY = "READY ";
    private static final String REFUSED = "reliable-mq-broker: ";
    private static final Pattern ENDPOINTS = Pattern.compile("endpoints=(\\S+)");

    private static final int LAST_LINES = 100;

    private final Process process;
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final Deque<String> lastLines = new ConcurrentLinkedDeque<>();
    private final Thread reader = new Thread(this::read, "broker-process-output");

    private BrokerProcess(Process process) throws IOException {
        this.process = process;
        reader.setDaemon(true);
        reader.start();
        try {
            answer.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("The process did not answer: " + lastLines, e);
        }
    }

    /** To its end: a process that nobody listens to stops where it writes. */
    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(line);
            }
        } catch (IOException e) {
            // the process ends
        }
        answer.complete("nothing but " + lastLines);
    }

    private void take(String line) {
        if (line.startsWith(READY) || line.startsWith(REFUSED)) {
            answer.complete(line);
        } else if (!answer.isDone()) {
            System.out.println("[broker process] " + line);
        }
        lastLines.add(line);
        if (lastLines.size() > LAST_LINES) {
            lastLines.remove();
        }
    }

    static BrokerProcess start(Path dataDirectory, Path home, Path temporary) throws IOException {
        return start(BrokerMode.IN_PROCESS, dataDirectory, home, temporary);
    }

    static BrokerProcess start(BrokerMode mode, Path dataDirectory, Path home, Path temporary) throws IOException {
        return new BrokerProcess(command(mode, dataDirectory, home, temporary).start());
    }

    /** One with these options, whose home and temporary directory are below the folder. */
    static BrokerProcess with(Path folder, String... options) throws IOException {
        return new BrokerProcess(
                command(folder.resolve("home"), folder.resolve("tmp"), options).start());
    }

    private static ProcessBuilder command(BrokerMode mode, Path dataDirectory, Path home, Path temporary)
            throws IOException {
        return command(
                home,
                temporary,
                "--data-directory=" + dataDirectory,
                "--mode=" + mode.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                "--port=0",
                "--name-server-port=0",
                "--topics=orders,reminders:delay:1",
                "--groups=shop,reminding",
                "--stop-at-end-of-input");
    }

    private static ProcessBuilder command(Path home, Path temporary, String... options) throws IOException {
        Files.createDirectories(home);
        Files.createDirectories(temporary);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Duser.home=" + home,
                "-Djava.io.tmpdir=" + temporary,
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                StandaloneBroker.class.getName()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
    }

    /** Starts one and kills it as soon as it has started others; answers all of them. */
    static List<ProcessHandle> killWhileItStartsOthers(Path dataDirectory, Path home, Path temporary)
            throws IOException, InterruptedException {
        Process process = command(BrokerMode.PROCESSES, dataDirectory, home, temporary)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<ProcessHandle> all = List.of();
        while (process.isAlive() && all.size() < 2) {
            all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                    .toList();
        }
        process.destroyForcibly().waitFor();
        return all;
    }

    /** What the process said first: the endpoints, or why it was refused. */
    String answer() {
        return answer.join();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String endpoints() {
        Matcher endpoints = ENDPOINTS.matcher(answer());
        if (!answer().startsWith(READY) || !endpoints.find()) {
            throw new IllegalStateException(answer());
        }
        return endpoints.group(1);
    }

    /** Of the process and of those that it has started. */
    List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** Sends SIGTERM; answers what the process says until it has ended. */
    String terminate() throws InterruptedException {
        // the process would close its streams
        process.toHandle().destroy();
        return said();
    }

    int exitStatus() throws InterruptedException {
        return process.waitFor();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks for an orderly close; answers what the process says, after it has ended by itself, without an exit. */
    String closeInOrder() throws IOException, InterruptedException {
        process.getOutputStream().close();
        return said();
    }

    private String said() throws InterruptedException {
        if (!process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("The process goes on after the close");
        }
        reader.join();
        return String.join("\n", lastLines);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
