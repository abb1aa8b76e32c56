package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.wire.Frame;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A child's connection to the process that started it. When that is gone, the child ends at once: the broker's promises hold
 * for a process that is killed, and one that went on would keep its ports and files from the next.
 */
final class ParentConnection {

    private static final int PARENT_IS_GONE = 3;
    private static final int MOST_LOG_LINES = 2_000;

    private final DataInputStream in;
    private final DataOutputStream out;
    private final BlockingQueue<Frame> commands = new LinkedBlockingQueue<>();
    private final BlockingQueue<Frame> log = new LinkedBlockingQueue<>(MOST_LOG_LINES);

    ParentConnection(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = new DataOutputStream(out);
    }

    /** Begins to read, and to watch the parent's process too: a pipe stays open while anybody has inherited it. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing of this process is left then
    void watch(long parent) {
        daemon(this::read, "parent");
        daemon(this::writeLog, "log");
        ProcessHandle.of(parent)
                .ifPresentOrElse(handle -> handle.onExit().thenRun(ParentConnection::end), ParentConnection::end);
    }

    Frame next() throws InterruptedException {
        return commands.take();
    }

    void answer(Frame frame) {
        try {
            synchronized (out) {
                frame.writeTo(out);
            }
        } catch (IOException e) {
            end();
        }
    }

    /** Never waits: a parent that does not read must not stop the broker. What does not fit is left out. */
    void log(Frame line) {
        if (!log.offer(line)) {
            log.poll();
        }
    }

    private void read() {
        try {
            @Nullable Frame frame = Frame.readFrom(in);
            while (frame != null) {
                commands.add(frame);
                frame = Frame.readFrom(in);
            }
        } catch (IOException e) {
            // as good as the end
        }
        end();
    }

    private void writeLog() {
        try {
            while (true) {
                answer(log.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void daemon(Runnable task, String name) {
        Thread thread = new Thread(task, "embedded-rocketmq-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void end() {
        Runtime.getRuntime().halt(PARENT_IS_GONE);
    }
}
