package io.reliablemq.broker.embedded;

import io.reliablemq.broker.embedded.network.Interference;
import io.reliablemq.broker.embedded.network.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What lies between a broker and the clients that a test wants to cut off: nothing until it is asked for. */
final class Network implements AutoCloseable {

    private final String endpoints;
    private @Nullable TcpProxy proxy;

    /** @param endpoints of the broker */
    Network(String endpoints) {
        this.endpoints = endpoints;
    }

    synchronized String endpoints() {
        return "127.0.0.1:" + proxy().port();
    }

    synchronized void interfere(Interference with) {
        if (proxy == null) {
            throw new EmbeddedBrokerException(
                    "Nobody is connected through faults().endpoints(), so nothing can be withheld: give that address to the clients");
        }
        proxy.interfere(with);
    }

    synchronized void heal() {
        if (proxy != null) {
            proxy.heal();
        }
    }

    private TcpProxy proxy() {
        TcpProxy known = proxy;
        if (known == null) {
            known = new TcpProxy(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(),
                            Integer.parseInt(endpoints.substring(endpoints.lastIndexOf(':') + 1))));
            proxy = known;
        }
        return known;
    }

    @Override
    public synchronized void close() {
        if (proxy == null) {
            return;
        }
        try {
            proxy.close();
        } catch (IOException e) {
            throw new EmbeddedBrokerException("The proxy before the embedded broker could not be closed: " + e, e);
        }
    }
}
