package io.reliablemq.broker.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An embedded broker in a JVM of its own, whose home and temporary directory can be looked into. */
final class BrokerProcess implements AutoCloseable {

    private static final String READY = "READY ";

    private final Process process;
    private final BufferedReader output;
    private final String answer;

    private BrokerProcess(Process process) throws IOException {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.startsWith(READY) && !line.startsWith("REFUSED")) {
            System.out.println("[broker process] " + line);
            line = output.readLine();
        }
        this.answer = String.valueOf(line);
    }

    static BrokerProcess start(Path dataDirectory, Path home, Path temporary) throws IOException {
        return start(BrokerMode.IN_PROCESS, dataDirectory, home, temporary);
    }

    static BrokerProcess start(BrokerMode mode, Path dataDirectory, Path home, Path temporary) throws IOException {
        return new BrokerProcess(launch(mode, dataDirectory, home, temporary));
    }

    private static Process launch(BrokerMode mode, Path dataDirectory, Path home, Path temporary) throws IOException {
        Files.createDirectories(home);
        Files.createDirectories(temporary);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Duser.home=" + home,
                        "-Djava.io.tmpdir=" + temporary,
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        BrokerProcess.class.getName(),
                        dataDirectory.toString(),
                        mode.name())
                .directory(home.toFile())
                .redirectErrorStream(true)
                .start();
    }

    /** Starts one and kills it as soon as it has started others; answers all of them. */
    static List<ProcessHandle> killWhileItStartsOthers(Path dataDirectory, Path home, Path temporary)
            throws IOException, InterruptedException {
        Process process = launch(BrokerMode.PROCESSES, dataDirectory, home, temporary);
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
        return answer;
    }

    String endpoints() {
        if (!answer.startsWith(READY)) {
            throw new IllegalStateException(answer);
        }
        return answer.substring(READY.length());
    }

    /** Of the process and of those that it has started. */
    List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks for an orderly close; answers what the process says about its threads, after it has ended by itself. */
    String closeInOrder() throws IOException, InterruptedException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The process goes on after the close");
        }
        return output.lines().collect(Collectors.joining("\n"));
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    public static void main(String[] arguments) throws IOException {
        try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(Path.of(arguments[0]))
                .withMode(BrokerMode.valueOf(arguments[1]))
                .withTopics(TopicDeclaration.normal("orders"), new TopicDeclaration("reminders", TopicType.DELAY, 1))
                .withGroups(GroupDeclaration.concurrent("shop"), GroupDeclaration.concurrent("reminding")))) {
            System.out.println(READY + broker.endpoints());
            if (System.in.read() < 0) {
                return;
            }
        } catch (EmbeddedBrokerException e) {
            System.out.println("REFUSED " + e.getMessage());
            return;
        }
        List<String> left = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon() && thread != Thread.currentThread())
                .map(Thread::getName)
                .filter(name -> !name.equals("DestroyJavaVM"))
                .toList();
        System.out.println("LEFT " + left);
    }
}
