package io.reliablemq.reliability.system;

import io.reliablemq.broker.embedded.network.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the processes of the application reach database and broker: each by a proxy of its own to either. Those to the broker have the
 * broker's port on other loopback addresses, because the broker tells its clients the port and lets them choose the host.
 */
public final class Network implements AutoCloseable {

    private static final int FIRST_HOST = 2;

    private final InetSocketAddress databaseServer;
    private final InetSocketAddress brokerServer;
    private final Map<String, TcpProxy> toDatabase = new LinkedHashMap<>();
    private final Map<String, TcpProxy> toBroker = new LinkedHashMap<>();

    Network(int databasePort, int brokerPort) throws UnknownHostException {
        databaseServer = loopback(1, databasePort);
        brokerServer = loopback(1, brokerPort);
    }

    /** Answers the port at which the process reaches the database. */
    int openToDatabase(String process) {
        try {
            TcpProxy proxy = new TcpProxy(loopback(1, 0), databaseServer);
            toDatabase.put(process, proxy);
            return proxy.port();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers the address at which the process reaches the broker. */
    String openToBroker(String process) {
        try {
            InetSocketAddress listen = loopback(FIRST_HOST + toBroker.size(), brokerServer.getPort());
            toBroker.put(process, new TcpProxy(listen, brokerServer));
            return listen.getAddress().getHostAddress() + ":" + listen.getPort();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that lead to the database. */
    public Collection<TcpProxy> toDatabase() {
        return toDatabase.values();
    }

    /** All that lead to the broker. */
    public Collection<TcpProxy> toBroker() {
        return toBroker.values();
    }

    /** That of one process. */
    public Collection<TcpProxy> toDatabaseFrom(String process) {
        return route(toDatabase, process);
    }

    /** That of one process; none where its client finds the broker by itself. */
    public Collection<TcpProxy> toBrokerFrom(String process) {
        return route(toBroker, process);
    }

    private static Collection<TcpProxy> route(Map<String, TcpProxy> proxies, String process) {
        TcpProxy proxy = proxies.get(process);
        return proxy == null ? List.of() : List.of(proxy);
    }

    @Override
    public void close() throws IOException {
        for (TcpProxy proxy : toDatabase.values()) {
            proxy.close();
        }
        for (TcpProxy proxy : toBroker.values()) {
            proxy.close();
        }
    }

    private static InetSocketAddress loopback(int last, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}), port);
    }
}
