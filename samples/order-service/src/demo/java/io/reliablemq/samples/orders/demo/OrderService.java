package io.reliablemq.samples.orders.demo;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The order service, a process of its own with its broker inside or in child processes, always on the same port and files. */
final class OrderService {

    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path jar;
    private final Path run;
    private final List<String> brokerOptions;
    private final int port;
    private Process process;
    private volatile boolean up;

    OrderService(Path jar, Path run, List<String> brokerOptions) throws IOException {
        this.jar = jar;
        this.run = run;
        this.brokerOptions = brokerOptions;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
    }

    private synchronized void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Starts the process and returns when it answers. */
    void start() throws IOException, InterruptedException {
        launch();
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (true) {
            try {
                stats();
                up = true;
                return;
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("The order service did not start: read " + log());
                }
                Thread.sleep(100);
            }
        }
    }

    private synchronized void launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC", // these two only start faster
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "--server.port=" + port,
                "--orders.data-directory=" + data(),
                "--reliable-mq.outbox.relay.sweep=10s")); // finds the doubled rows soon
        command.addAll(brokerOptions);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log().toFile()))
                .start();
    }

    /** Ends the process with signal 9, at once, and the broker in it: nothing is flushed, closed or handed back. */
    int kill() throws InterruptedException {
        up = false;
        process.destroyForcibly();
        return process.waitFor();
    }

    /** The process of this part of the broker, if it runs: the parts have directories for temporary files of their own. */
    Optional<ProcessHandle> part(String name) {
        String directory = Path.of("tmp", name).toString();
        return process.descendants()
                .filter(part -> Stream.of(part.info().arguments().orElse(new String[0]))
                        .anyMatch(argument -> argument.startsWith("-Djava.io.tmpdir=") && argument.endsWith(directory)))
                .findFirst();
    }

    /** Ends the process in an orderly way. */
    void stop() throws IOException, InterruptedException {
        up = false;
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IOException("The order service did not stop within 60 s: read " + log());
        }
    }

    /** Whether it has answered, and was not ended since. */
    boolean isUp() {
        return up;
    }

    /** Places an order; answers the HTTP status. */
    int place(String json, boolean fail) throws IOException, InterruptedException {
        HttpRequest request = request(fail ? "/orders?fail=true" : "/orders")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }

    Stats stats() throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request("/stats").build(), BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("GET /stats answers " + response.statusCode());
        }
        return Stats.parse(response.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(30));
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    long pid() {
        return process.pid();
    }

    Path data() {
        return run.resolve("data");
    }

    Path log() {
        return run.resolve("order-service.log");
    }
}
