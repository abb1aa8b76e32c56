package io.reliablemq.rocketmq.wire;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's own {@code close()} waits without bound, so it runs on a daemon thread. */
public final class BoundedClose {

    private static final Logger log = LoggerFactory.getLogger(BoundedClose.class);

    private BoundedClose() {}

    /** All at the same time, so that the bound of one, which each of them keeps by itself, holds for all. */
    public static void together(String what, Collection<? extends AutoCloseable> closeables) {
        List<Thread> closing =
                closeables.stream().map(closeable -> begin(what, closeable)).toList();
        try {
            for (Thread one : closing) {
                one.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns at once. */
    public static Thread begin(String what, AutoCloseable closeable) {
        Thread thread = new Thread(() -> close(what, closeable), "reliable-mq-close-" + what);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Returns when it is closed, after the deadline or when interrupted; the rest goes on in the background. */
    public static void within(Duration deadline, String what, AutoCloseable closeable) {
        Thread thread = begin(what, closeable);
        try {
            thread.join(deadline.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            log.warn("RocketMQ {} is not closed after {}; it goes on in the background", what, deadline);
        }
    }

    private static void close(String what, AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception | LinkageError e) {
            log.debug("RocketMQ {} failed to close", what, e);
        }
    }
}
