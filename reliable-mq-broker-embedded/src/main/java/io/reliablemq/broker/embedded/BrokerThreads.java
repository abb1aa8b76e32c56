package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

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

    /** Interrupts what an orderly close has left behind, until nothing runs or the time is over. */
    void end(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        while (!alive().isEmpty() && System.nanoTime() < deadline) {
            alive().forEach(Thread::interrupt);
            if (!pause()) {
                return;
            }
        }
    }

    List<Thread> alive() {
        Thread[] found = new Thread[group.activeCount() * 2 + 16];
        return Arrays.asList(found).subList(0, group.enumerate(found, true));
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
