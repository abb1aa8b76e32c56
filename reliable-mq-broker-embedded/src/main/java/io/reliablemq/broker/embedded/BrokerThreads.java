package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The threads of one embedded broker: everything it starts inherits this group. */
final class BrokerThreads {

    private final ThreadGroup group = new ThreadGroup("embedded-rocketmq");
    private final ClassLoader loader;

    BrokerThreads(ClassLoader loader) {
        this.loader = loader;
    }

    Thread newThread(Runnable task) {
        Thread thread = new Thread(group, task, "embedded-rocketmq");
        thread.setContextClassLoader(loader);
        thread.setDaemon(true);
        return thread;
    }

    /** Interrupts what an orderly close has left behind and would keep the JVM alive, until it ends or time is over. */
    void end(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        while (!alive().isEmpty() && System.nanoTime() < deadline) {
            alive().forEach(Thread::interrupt);
            if (!pause()) {
                return;
            }
        }
        // daemons would keep the classes for as long as they linger, JNA's for half a minute
        all().forEach(Thread::interrupt);
    }

    private List<Thread> alive() {
        return all().filter(thread -> !thread.isDaemon()).toList();
    }

    private Stream<Thread> all() {
        Thread[] found = new Thread[group.activeCount() * 2 + 16];
        int count = group.enumerate(found, true);
        return Arrays.stream(found, 0, count);
    }

    private static boolean pause() {
        try {
            Thread.sleep(50);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
