package io.reliablemq.broker.embedded.server;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.rocketmq.logging.org.slf4j.Logger;
import org.apache.rocketmq.logging.org.slf4j.LoggerFactory;

/**
 * Shuts parts of the broker down side by side. Each of its remoting servers and clients waits for an event thread that
 * polls every 3 s, one after the other: over 30 s in all. Interrupting those threads lets them end at once.
 */
final class PromptShutdown {

    private static final Logger LOG = LoggerFactory.getLogger(PromptShutdown.class);
    private static final String WAITED_FOR = "NettyEventExecutor";

    /** One part's shutdown. */
    interface Step {
        void run() throws Exception;
    }

    void run(Stream<Step> steps) {
        List<Step> parts = steps.toList();
        CountDownLatch running = new CountDownLatch(parts.size());
        for (Step part : parts) {
            Thread thread = new Thread(() -> run(part, running), "embedded-rocketmq-close");
            thread.setDaemon(true);
            thread.start();
        }
        try {
            while (!running.await(50, TimeUnit.MILLISECONDS)) {
                interruptEventThreads();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Step part, CountDownLatch running) {
        try {
            part.run();
        } catch (Exception | LinkageError e) {
            LOG.warn("A part of the embedded broker did not shut down in order; its threads are interrupted", e);
        } finally {
            running.countDown();
        }
    }

    private static void interruptEventThreads() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        Thread[] threads = new Thread[group.activeCount() * 2 + 16];
        int count = group.enumerate(threads);
        for (int i = 0; i < count; i++) {
            if (threads[i].getName().contains(WAITED_FOR)) {
                threads[i].interrupt();
            }
        }
    }
}
