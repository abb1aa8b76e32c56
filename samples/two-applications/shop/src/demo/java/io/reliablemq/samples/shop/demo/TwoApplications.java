package io.reliablemq.samples.shop.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Customers order at the shop, the warehouse ships, and the broker between them is killed meanwhile. Exits with 0 only when each
 * order was shipped exactly once.
 */
public final class TwoApplications {

    private static final int ORDERS = 600;
    /** The warehouse gets again within this time what it was handed and could not acknowledge (its application.yml). */
    private static final Duration REDELIVERY = Duration.ofSeconds(15);

    private static final Duration TIMEOUT = Duration.ofMinutes(4);

    private final long begin = System.nanoTime();
    private final Http shopApi = new Http(freePort(), "/orders");
    private final Http warehouseApi = new Http(freePort(), "/shipments");
    private final Customers customers = new Customers(shopApi, ORDERS);
    private final Program shop;
    private final Program warehouse;
    private final Program broker;

    /** @param mode standalone, in-process or processes; in the last two the shop brings the broker */
    private TwoApplications(String mode, Path run, Path jars) throws IOException {
        int port = freePort();
        boolean standalone = mode.equals("standalone");
        List<String> place = standalone
                ? List.of("--reliable-mq.rocketmq.endpoints=127.0.0.1:" + port)
                : List.of(
                        "--spring.profiles.active=own-broker",
                        "--reliable-mq.broker.embedded.mode=" + mode,
                        "--reliable-mq.broker.embedded.port=" + port);
        shop = application("shop", run, jars, shopApi, place);
        warehouse = application(
                "warehouse", run, jars, warehouseApi, List.of("--reliable-mq.rocketmq.endpoints=127.0.0.1:" + port));
        broker = standalone ? broker(run, jars, port) : shop;
    }

    private static Program application(String name, Path run, Path jars, Http api, List<String> place) {
        List<String> own =
                List.of("--server.port=" + api.port(), "--%s.data-directory=%s".formatted(name, run.resolve(name)));
        return new Program(
                name,
                run,
                jars.resolve(name + ".jar"),
                Stream.concat(own.stream(), place.stream()).toList(),
                pid -> api.answers());
    }

    private static Program broker(Path run, Path jars, int port) {
        Path ready = run.resolve("broker.ready");
        List<String> options = List.of(
                "--data-directory=" + run.resolve("broker"),
                "--port=" + port,
                "--name-server-port=0",
                "--replicas=2",
                "--topics=orders",
                "--groups=warehouse",
                "--ready-file=" + ready);
        return new Program("broker", run, jars.resolve("broker.jar"), options, pid -> isReady(ready, pid));
    }

    /** The file of one that was killed is there until the next one removes it. */
    private static boolean isReady(Path file, long pid) throws IOException {
        return Files.exists(file) && Files.readString(file).contains("pid=" + pid + System.lineSeparator());
    }

    /** @param args the mode, an empty folder for this run, the folder of the jars */
    public static void main(String[] args) throws Exception {
        TwoApplications applications = new TwoApplications(
                args[0], Path.of(args[1]).toAbsolutePath(), Path.of(args[2]).toAbsolutePath());
        try {
            System.exit(applications.run(args[0]) ? 0 : 1);
        } catch (IllegalStateException e) {
            applications.say("FAILED: %s", e.getMessage());
            System.exit(1);
        }
    }

    private boolean run(String mode) throws Exception {
        for (Program program : Stream.of(broker, shop, warehouse).distinct().toList()) {
            program.start();
            say("started: %s", program);
        }
        customers.start();
        until(
                "Half of the orders and some shipments",
                () -> customers.answered() > ORDERS / 2 && !warehouseApi.list().isEmpty());
        killTheBroker();
        until("All orders", () -> customers.answered() == ORDERS);
        say("all %d orders are answered, %d of them rolled back", ORDERS, customers.rolledBack());
        until("All shipments", () -> warehouseApi.list().containsAll(shopApi.list()));
        long shipped = System.nanoTime();
        until(
                "The time for redeliveries",
                () -> Duration.ofNanos(System.nanoTime() - shipped).compareTo(REDELIVERY) > 0);
        return verdict(mode);
    }

    private void killTheBroker() throws Exception {
        say(
                "kill -9 of the %s, with %d orders answered, %d shipped",
                broker, customers.answered(), warehouseApi.list().size());
        broker.kill();
        if (broker != shop) {
            int before = customers.answered();
            until("Orders without a broker", () -> customers.answered() > before + ORDERS / 10);
            say("%d more orders were taken without a broker", customers.answered() - before);
        }
        broker.start();
        say("started again: %s", broker);
    }

    private boolean verdict(String mode) throws Exception {
        Verdict verdict = Verdict.of(customers.promised(), shopApi.list(), warehouseApi.list());
        for (Program program : Stream.of(warehouse, shop, broker).distinct().toList()) {
            program.stop();
        }
        say("stopped in order");
        System.out.printf("broker=%s %s%n", mode, verdict);
        return verdict.isGood();
    }

    private static void until(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(what + ": not within " + TIMEOUT);
            }
            Thread.sleep(50);
        }
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("No port is free: " + e, e);
        }
    }

    private void say(String text, Object... arguments) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.println(String.format(Locale.ROOT, "%6.1f s  %s", seconds, text.formatted(arguments)));
    }
}
