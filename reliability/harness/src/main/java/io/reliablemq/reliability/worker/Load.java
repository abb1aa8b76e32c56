package io.reliablemq.reliability.worker;

import io.reliablemq.reliability.checker.Event.Invoke;
import io.reliablemq.reliability.checker.Event.Outcome;
import io.reliablemq.reliability.checker.Event.Result;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Sends at a steady rate while there is load, and writes down what it knows of each transaction. */
@Component
@ConditionalOnProperty("worker.per-second")
class Load implements SmartLifecycle {

    /** Of pairs of threads: their ids differ in nothing but the case of a letter, as keys of a business may. */
    private static final String NAMES = "aAbBcCdD";

    private static final Logger log = LoggerFactory.getLogger(Load.class);

    private final Teller teller;
    private final WorkerProperties properties;
    private final EventFile history;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;

    Load(Teller teller, WorkerProperties properties) {
        this.teller = teller;
        this.properties = properties;
        this.history = new EventFile(properties.history());
    }

    @Override
    public void start() {
        running = true;
        for (int i = 0; i < properties.threads(); i++) {
            int number = i;
            Thread thread = new Thread(() -> run(number), "load-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    @Override
    public void stop() {
        running = false;
        for (Thread thread : threads) {
            try {
                thread.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run(int number) {
        Random random = new Random(properties.seed() * 31 + number);
        long periodNanos = (long) (1e9 * properties.threads() / properties.perSecond());
        long next = System.nanoTime();
        for (int count = 0; running; ) {
            if (Files.exists(properties.load())) {
                String id = properties.name() + "-" + NAMES.charAt(number) + "-" + count++;
                serve(Request.draw(id, random, properties.keys()).atLeast(properties.leastSize()));
            }
            next = Math.max(next + periodNanos, System.nanoTime() - 10 * periodNanos);
            pause(next - System.nanoTime());
        }
    }

    private void serve(Request request) {
        history.add(new Invoke(properties.now(), request.id(), request.account(), properties.name()));
        Result result;
        try {
            teller.serve(request);
            result = Result.OK;
        } catch (RuntimeException | Error e) {
            // a roll-back on purpose never asks for a commit, whatever happens on its way
            result = request.rollback() ? Result.FAIL : Result.UNKNOWN;
            if (result == Result.UNKNOWN) {
                log.warn("{} has an unknown outcome: {}", request.id(), e.toString());
                pause(50_000_000);
            }
        }
        history.add(new Outcome(properties.now(), request.id(), result));
    }

    private static void pause(long nanos) {
        if (nanos > 0) {
            try {
                Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
