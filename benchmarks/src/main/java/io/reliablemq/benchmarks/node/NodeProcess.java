package io.reliablemq.benchmarks.node;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** A {@link Node} as a child process; not safe for use by several threads. */
public final class NodeProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Writer commands;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final IntConsumer deleted;

    /**
     * @param deleted told by a thread of its own how many rows the node has deleted
     */
    public NodeProcess(String subject, int number, BenchmarkDatabase database, IntConsumer deleted) {
        this.deleted = deleted;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                System.getProperty("java.class.path"),
                Node.class.getName(),
                subject,
                String.valueOf(number)));
        command.addAll(database.arguments());
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("The node did not start", e);
        }
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(this::read, "node-" + number);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * What a node has done, times in milliseconds since the epoch.
     *
     * @param first when it sent its first message
     * @param last when it had deleted its last row
     */
    public record Report(long first, long last, Deliveries.Tally tally) {}

    /** Returns when the relay runs. */
    public void start(int rows, boolean ordered, int ackMillis) throws InterruptedException {
        tell("start " + rows + " " + ordered + " " + ackMillis);
        answer("started");
    }

    /** Returns when the relay has ended. */
    public Report stop() throws InterruptedException {
        tell("stop");
        String[] words = answer("stopped").split(" ");
        return new Report(
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                new Deliveries.Tally(
                        Integer.parseInt(words[3]), Integer.parseInt(words[4]), Integer.parseInt(words[5])));
    }

    @Override
    public void close() {
        process.destroy();
    }

    private void tell(String line) {
        try {
            commands.write(line + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The node has ended", e);
        }
    }

    private String answer(String expected) throws InterruptedException {
        String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answer == null || !answer.startsWith(expected)) {
            throw new IllegalStateException("The node answered " + answer + " instead of " + expected);
        }
        return answer;
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("deleted ")) {
                    deleted.accept(Integer.parseInt(line.substring("deleted ".length())));
                } else if (line.startsWith("started") || line.startsWith("stopped")) {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            answers.add("nothing: " + e);
        }
    }
}
