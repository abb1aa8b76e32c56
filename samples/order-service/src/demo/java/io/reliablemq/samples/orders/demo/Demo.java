package io.reliablemq.samples.orders.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The life of 1,000 orders with a kill -9 in the middle, and one of each broker before, if they are processes. Exits with 0 only when
 * each left its effects exactly once.
 */
public final class Demo {

    private static final int ORDERS = 1_000;
    private static final int WARM_UP = 400;
    private static final int PER_BROKER = 100;
    private static final List<String> BROKERS = List.of("broker-0", "broker-1", "broker-2");
    private static final int CLIENTS = 12;
    private static final int DUPLICATED_ROWS = 3;
    /** The broker hides what it has handed out for 10 s (application.yml): all redeliveries come within this time. */
    private static final Duration REDELIVERY = Duration.ofSeconds(15);

    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final long begin = System.nanoTime();
    private final boolean processes;
    private final OrderService service;
    private final Books books;
    private final Ledger ledger;
    private final Load load;
    private volatile Stats stats = Stats.NONE;
    private volatile boolean drained;

    private Demo(Path jar, Path run, boolean processes) throws IOException {
        this.processes = processes;
        service = new OrderService(
                jar,
                run,
                processes
                        ? List.of(
                                "--reliable-mq.broker.embedded.mode=processes",
                                "--reliable-mq.broker.embedded.replicas=" + BROKERS.size())
                        : List.of());
        books = new Books(service.data());
        ledger = new Ledger(run.resolve("ledger.txt"));
        load = new Load(service, ledger);
    }

    /** @param args the service's jar, an empty folder for this run, and the mode of the broker */
    public static void main(String[] args) throws IOException {
        Demo demo = new Demo(
                Path.of(args[0]).toAbsolutePath(), Path.of(args[1]).toAbsolutePath(), args[2].equals("processes"));
        try {
            System.exit(demo.run() ? 0 : 1);
        } catch (Exception e) {
            demo.say("FAILED: %s", e instanceof IllegalStateException ? e.getMessage() : e);
            demo.say("The last problem of a client: %s. The log: %s", demo.load.lastProblem(), demo.service.log());
            System.exit(1);
        }
    }

    private boolean run() throws IOException, InterruptedException, SQLException {
        daemon(this::progress);
        say("starting the order service; its log is %s", service.log());
        service.start();
        say("it answers at %s, process %d", service.url(), service.pid());
        load.start(CLIENTS);
        if (processes) {
            load.allow(WARM_UP - BROKERS.size() * PER_BROKER);
            untilDone(WARM_UP - BROKERS.size() * PER_BROKER);
            killBrokers();
        } else {
            load.allow(WARM_UP);
            untilFlowing();
        }
        load.allow(ORDERS - WARM_UP);
        Stats before = untilBusyInTheMiddle();
        say("kill -9 %d: the service and the broker in it end now (exit value %d)", service.pid(), service.kill());
        Books.Pending pending = pendingAtTheKill();
        int copies = books.duplicateRows(DUPLICATED_ROWS);
        say(
                "doubled %d of these outbox rows, as if the crash had come between SEND_OK and the deletion of the row",
                copies);

        say("starting the order service again on the same files");
        service.start();
        say("it answers again, process %d", service.pid());
        untilDrained();
        Stats after = stats;
        drained = true;
        say("drained; stopping the service, then counting in its tables");
        service.stop();
        return Verdict.print(
                load,
                pending,
                before.duplicatesSuppressed() + after.duplicatesSuppressed(),
                books.audit(ledger.orderIds()));
    }

    /** One after the other; one of them is the master. */
    private void killBrokers() throws IOException, InterruptedException {
        for (String broker : BROKERS) {
            ProcessHandle dying = await(broker);
            dying.destroyForcibly();
            long killed = System.nanoTime();
            int before = load.answers();
            load.allow(PER_BROKER);
            untilDone(before + PER_BROKER);
            say(
                    "kill -9 %d: %s alone; %d orders later, %.1f s, all effects are there",
                    dying.pid(), broker, PER_BROKER, elapsed(killed).toMillis() / 1000.0);
            await(broker);
        }
    }

    /** It may not be back yet. */
    private ProcessHandle await(String broker) throws InterruptedException {
        long started = System.nanoTime();
        Optional<ProcessHandle> found = service.part(broker);
        while (found.isEmpty()) {
            failWhenLate(started, "No " + broker);
            Thread.sleep(50);
            found = service.part(broker);
        }
        return found.get();
    }

    /** So many orders have an answer, and those that were placed have all their effects. */
    private void untilDone(int answers) throws IOException, InterruptedException {
        long started = System.nanoTime();
        boolean done = false;
        while (!done) {
            failWhenLate(started, "Not all effects");
            Thread.sleep(50);
            boolean answered = load.answers() >= answers;
            stats = service.stats();
            done = answered && stats.drained();
        }
    }

    /** The first orders have taken the whole way. */
    private void untilFlowing() throws IOException, InterruptedException {
        long started = System.nanoTime();
        while (stats.reserved() < WARM_UP / 4 || stats.notified() < WARM_UP / 4) {
            failWhenLate(started, "No effects");
            Thread.sleep(50);
            stats = service.stats();
        }
    }

    /** Half of the orders are answered, some of their messages are in the outbox only, some effects are to come. */
    private Stats untilBusyInTheMiddle() throws IOException, InterruptedException {
        while (true) {
            Stats now = service.stats();
            stats = now;
            boolean middle = load.answers() >= ORDERS / 2;
            if (middle && now.outboxPending() > 0 && now.effectsPending() > 0) {
                return now;
            }
            if (load.answers() > ORDERS * 9 / 10) {
                throw new IllegalStateException("The service was never seen with pending messages and effects");
            }
            Thread.sleep(10);
        }
    }

    private Books.Pending pendingAtTheKill() throws SQLException {
        Books.Pending pending = books.pending();
        say(
                "at the kill: %d outbox rows pending, %d effects pending, %d orders answered",
                pending.outboxRows(), pending.effects(), load.answers());
        if (pending.outboxRows() == 0 || pending.effects() == 0) {
            throw new IllegalStateException("The kill came when nothing was pending, so it proves nothing: run again");
        }
        return pending;
    }

    private void untilDrained() throws IOException, InterruptedException {
        long started = System.nanoTime();
        long changed = started;
        while (!(load.answers() == ORDERS
                && stats.drained()
                && elapsed(started).compareTo(REDELIVERY) > 0
                && elapsed(changed).compareTo(QUIET) > 0)) {
            failWhenLate(started, "Not drained");
            Thread.sleep(100);
            Stats now = service.stats();
            if (!now.equals(stats)) {
                stats = now;
                changed = System.nanoTime();
            }
        }
    }

    private void failWhenLate(long started, String problem) {
        if (elapsed(started).compareTo(TIMEOUT) > 0) {
            throw new IllegalStateException(problem + " after " + TIMEOUT + ": " + stats);
        }
    }

    /** One line a second while something moves, fewer while a process starts. */
    private void progress() {
        pause();
        for (int second = 1; !drained; second++) {
            Stats now = stats;
            if (service.isUp()) {
                say(
                        "  answered %4d/%d | committed %4d, outbox %3d, reserved %4d, notified %4d, duplicates %d",
                        load.answers(),
                        ORDERS,
                        now.orders(),
                        now.outboxPending(),
                        now.reserved(),
                        now.notified(),
                        now.duplicatesSuppressed());
            } else if (second % 3 == 0) {
                say("  answered %4d/%d | the service is starting", load.answers(), ORDERS);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        thread.start();
    }

    private void say(String text, Object... arguments) {
        double seconds = elapsed(begin).toMillis() / 1000.0;
        System.out.println(String.format(Locale.ROOT, "%6.1f s  %s", seconds, text.formatted(arguments)));
    }

    private static Duration elapsed(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }
}
