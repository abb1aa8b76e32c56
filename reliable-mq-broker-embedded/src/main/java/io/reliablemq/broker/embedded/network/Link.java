package io.reliablemq.broker.embedded.network;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;

/** One connection through a proxy: two sockets and a thread for each direction. */
public final class Link {

    private static final int BUFFER = 64 * 1024;

    private final SocketChannel client;
    private final SocketChannel server;
    private volatile boolean marked;

    Link(SocketChannel client, SocketChannel server) {
        this.client = client;
        this.server = server;
    }

    /** Something was withheld from it, or will be: it cannot go on as if nothing had happened. */
    void mark() {
        marked = true;
    }

    boolean isMarked() {
        return marked;
    }

    void start(Supplier<Interference> interference, Runnable closed) {
        thread(() -> pump(client, server, Direction.TO_SERVER, interference, closed));
        thread(() -> pump(server, client, Direction.TO_CLIENT, interference, closed));
    }

    void close() {
        close(client);
        close(server);
    }

    private void pump(
            SocketChannel from,
            SocketChannel to,
            Direction direction,
            Supplier<Interference> interference,
            Runnable closed) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try {
            while (from.read(buffer.clear()) >= 0) {
                Interference.Fate fate = interference.get().of(this, direction, buffer.array(), buffer.position());
                buffer.flip().limit(Math.min(buffer.limit(), fate.forward()));
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                if (fate.cut()) {
                    break;
                }
            }
        } catch (IOException e) {
            // the other side is gone: so is this one
        } finally {
            close();
            closed.run();
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "proxy-link");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // closed is closed
        }
    }
}
