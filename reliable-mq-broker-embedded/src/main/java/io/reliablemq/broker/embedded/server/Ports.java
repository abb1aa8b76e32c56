package io.reliablemq.broker.embedded.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses loopback ports: the one asked for, else the one used last time on this data directory if it is still free, else
 * some free one. So clients find a restarted broker where it was.
 */
final class Ports {

    /** The only address anything here listens on. */
    static final String LOOPBACK = "127.0.0.1";

    static final String PROXY = "proxyPort";
    static final String NAME_SERVER = "nameServerPort";

    // RocketMQ hard-codes the second remoting port at -2; the HA port is ours to choose
    private static final int[] ONE = {0};
    private static final int[] BROKER = {0, -2, 1};
    private static final int ATTEMPTS = 200;
    /** Below those that systems give to outgoing connections, which could take a port between its choice and its use. */
    private static final int LOWEST = 15_000;

    private static final int HIGHEST = 32_000;

    private final Path memory;
    private final Properties last = new Properties();

    Ports(Path memory) {
        this.memory = memory;
        if (Files.exists(memory)) {
            try (InputStream in = Files.newInputStream(memory)) {
                last.load(in);
            } catch (IOException e) {
                last.clear(); // remembered for convenience only
            }
        }
    }

    /** A port for {@code name}: {@code wanted} when not 0. */
    int single(String name, int wanted) {
        if (wanted != 0 && !areFree(wanted, ONE)) {
            throw new IllegalStateException(
                    "port %d of the %s is taken on %s: stop what listens there, or choose another port or 0 for a free one"
                            .formatted(wanted, name.equals(PROXY) ? "gRPC proxy" : "name server", LOOPBACK));
        }
        return remember(name, wanted != 0 ? wanted : choose(name, ONE));
    }

    /** A port p for a broker such that p - 2 and p + 1 are free too. */
    int broker(String name) {
        return remember(name, choose(name, BROKER));
    }

    private int choose(String name, int[] offsets) {
        int previous = Integer.parseInt(last.getProperty(name, "0"));
        if (previous != 0 && areFree(previous, offsets)) {
            return previous;
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (areFree(port, offsets)) {
                return port;
            }
        }
        throw new IllegalStateException(
                "no free port on %s for %s after %d attempts: close some connections and start again"
                        .formatted(LOOPBACK, name, ATTEMPTS));
    }

    private int remember(String name, int port) {
        last.setProperty(name, Integer.toString(port));
        Path partial = memory.resolveSibling(memory.getFileName() + ".partial");
        try {
            try (OutputStream out = Files.newOutputStream(partial)) {
                last.store(out, "ports used last time");
            }
            Files.move(partial, memory, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return port;
    }

    private static boolean areFree(int port, int[] offsets) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int offset : offsets) {
                held.add(new ServerSocket(port + offset, 1, loopback()));
            }
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        } finally {
            held.forEach(Ports::release);
        }
    }

    /** This port on loopback, whatever the JVM prefers as the name of loopback. */
    static InetSocketAddress socketAddress(int port) {
        return new InetSocketAddress(loopback(), port);
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
