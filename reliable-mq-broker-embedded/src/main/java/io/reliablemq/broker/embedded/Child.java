package io.reliablemq.broker.embedded;

import io.reliablemq.broker.embedded.wire.Frame;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.ResourceBundle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** One child process: what it is asked, what it answers, what it logs. Safe for use by several threads. */
final class Child {

    private static final int LAST_LINES = 20;

    private final String name;
    private final Process process;
    private final DataOutputStream commands;
    private final Map<String, CompletableFuture<Frame>> asked = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final CompletableFuture<Void> ended;

    Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.commands = new DataOutputStream(process.getOutputStream());
        // as with a broker in this process, a JVM that nobody closes goes on
        Thread answers = new Thread(this::readAnswers, "embedded-rocketmq-" + name);
        answers.start();
        Thread errors = new Thread(this::readErrors, "embedded-rocketmq-" + name + "-err");
        errors.setDaemon(true);
        errors.start();
        this.ended = process.onExit().thenAccept(ignored -> failAll());
    }

    Map<String, String> ask(String command, Map<String, String> arguments, Duration within) {
        String question = String.valueOf(questions.incrementAndGet());
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        asked.put(question, answer);
        try {
            say(command, arguments, question);
            if (!process.isAlive()) {
                failAll();
            }
            return result(command, answer.get(within.toMillis(), TimeUnit.MILLISECONDS));
        } catch (IOException | ExecutionException e) {
            throw new EmbeddedBrokerException(
                    "'%s' of the embedded broker (process %d) ended before it did '%s'%s"
                            .formatted(name, process.pid(), command, lastWords()),
                    e);
        } catch (TimeoutException e) {
            throw new EmbeddedBrokerException(
                    "'%s' of the embedded broker (process %d) did not finish '%s' within %d s: look for rocketmq.* in the log, for a slow disk or a machine under load"
                            .formatted(name, process.pid(), command, within.toSeconds()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedBrokerException("Interrupted while '%s' did '%s'".formatted(name, command), e);
        } finally {
            asked.remove(question);
        }
    }

    /** Completes when the process has ended, however. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** How it ended, with what it printed last. */
    String end() {
        return "exit code %d%s".formatted(process.exitValue(), lastWords());
    }

    /** As {@code kill -9}; returns when the process is gone. */
    void kill() {
        process.destroyForcibly();
        ended.join();
    }

    /** Sends a signal by its name. */
    void signal(String signal) {
        try {
            Process sent = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid())).start();
            if (sent.waitFor() != 0) {
                throw new EmbeddedBrokerException("Process %d does not take signal %s".formatted(pid(), signal));
            }
        } catch (IOException e) {
            throw new EmbeddedBrokerException(
                    "Signals cannot be sent (%s): pausing needs the command 'kill'".formatted(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedBrokerException("Interrupted while signal " + signal + " was sent", e);
        }
    }

    /** Asks for an orderly close, and kills what has not ended by then. */
    void close(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        try {
            ask("close", Map.of(), within);
            if (process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (EmbeddedBrokerException e) {
            // killed below, which loses nothing
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    private void say(String command, Map<String, String> arguments, String question) throws IOException {
        Map<String, String> content = new HashMap<>(arguments);
        content.put(Frame.QUESTION, question);
        synchronized (commands) {
            new Frame(command, content).writeTo(commands);
        }
    }

    private Map<String, String> result(String command, Frame answer) {
        if (answer.kind().equals(Frame.FAILED)) {
            throw new EmbeddedBrokerException("The embedded broker could not %s: %s"
                    .formatted(command, answer.content().get(Frame.TEXT)));
        }
        return answer.content();
    }

    private void readAnswers() {
        try (DataInputStream in = new DataInputStream(process.getInputStream())) {
            Frame frame = Frame.readFrom(in);
            while (frame != null) {
                take(frame);
                frame = Frame.readFrom(in);
            }
        } catch (IOException e) {
            // the process ends
        }
    }

    private void take(Frame frame) {
        if (frame.kind().equals(Frame.LOG)) {
            log(
                    Objects.requireNonNull(frame.content().get(Frame.LOGGER)),
                    System.Logger.Level.valueOf(frame.content().get(Frame.LEVEL)),
                    Objects.requireNonNull(frame.content().get(Frame.TEXT)));
            return;
        }
        CompletableFuture<Frame> question = asked.get(frame.content().getOrDefault(Frame.QUESTION, ""));
        if (question != null) {
            question.complete(frame);
        }
    }

    private void log(String logger, System.Logger.Level level, String text) {
        BrokerLog.of(logger).log(level, (ResourceBundle) null, name + ": " + text, (Throwable) null);
    }

    private void readErrors() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null) {
                remember(line);
                log("process", System.Logger.Level.WARNING, line);
                line = lines.readLine();
            }
        } catch (IOException e) {
            // the process ends
        }
    }

    private void remember(String line) {
        synchronized (lastLines) {
            lastLines.add(line);
            if (lastLines.size() > LAST_LINES) {
                lastLines.remove();
            }
        }
    }

    private String lastWords() {
        synchronized (lastLines) {
            return lastLines.isEmpty() ? "" : "; it said last: " + String.join(System.lineSeparator(), lastLines);
        }
    }

    private void failAll() {
        asked.values().forEach(question -> question.completeExceptionally(new IOException("the process has ended")));
    }
}
