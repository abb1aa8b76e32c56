package io.reliablemq.consumer.wiring;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port in front of a server, behind which the server can be gone: connections break and new ones are refused. */
final class CuttableNetwork implements AutoCloseable {

    private final ServerSocket port;
    private final int server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    /** @param server port on this machine */
    CuttableNetwork(int server) throws IOException {
        this.server = server;
        this.port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return port.getLocalPort();
    }

    void cut() {
        cut = true;
        open.forEach(CuttableNetwork::close);
    }

    void heal() {
        cut = false;
    }

    private void accept() {
        while (!port.isClosed()) {
            try {
                connect(port.accept());
            } catch (IOException e) {
                // refused, or closed
            }
        }
    }

    private void connect(Socket client) throws IOException {
        if (cut) {
            close(client);
            return;
        }
        Socket target = new Socket(InetAddress.getLoopbackAddress(), server);
        for (Socket socket : new Socket[] {client, target}) {
            socket.setTcpNoDelay(true);
            open.add(socket);
        }
        start(() -> pump(client, target));
        start(() -> pump(target, client));
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0 && !cut; length = in.read(buffer)) {
                out.write(buffer, 0, length);
            }
        } catch (IOException e) {
            // cut
        }
        open.remove(from);
        close(from);
        close(to);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "network");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // is closed
        }
    }

    @Override
    public void close() throws IOException {
        port.close();
        cut();
    }
}
