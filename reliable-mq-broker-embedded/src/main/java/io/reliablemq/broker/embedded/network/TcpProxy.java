package io.reliablemq.broker.embedded.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes connections on to a server, and breaks them when told to. Safe for use by several threads. */
public final class TcpProxy implements AutoCloseable {

    private final ServerSocketChannel listener;
    private final InetSocketAddress server;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile Interference interference = Interference.NONE;

    /** Listens at once; the server may come later. Port 0 is a free one. */
    public TcpProxy(InetSocketAddress listen, InetSocketAddress server) {
        this.server = server;
        try {
            this.listener = ServerSocketChannel.open().bind(listen);
        } catch (IOException e) {
            throw new UncheckedIOException("No proxy can listen on " + listen, e);
        }
        Thread thread = new Thread(this::accept, "proxy-accept");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return listener.socket().getLocalPort();
    }

    /** From now on, for connections that are there and that will come. */
    public void interfere(Interference with) {
        interference = with;
    }

    /** Everything passes again; connections from which something was withheld are cut. */
    public void heal() {
        interference = Interference.NONE;
        links.stream().filter(Link::isMarked).forEach(Link::close);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        links.forEach(Link::close);
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // closed, which ends the loop, or one connection that failed
            }
        }
    }

    private void connect(SocketChannel client) throws IOException {
        SocketChannel upstream;
        try {
            upstream = SocketChannel.open(server);
        } catch (IOException e) {
            client.close();
            return;
        }
        client.socket().setTcpNoDelay(true);
        upstream.socket().setTcpNoDelay(true);
        Link link = new Link(client, upstream);
        links.add(link);
        link.start(() -> interference, () -> links.remove(link));
    }
}
