package io.reliablemq.autoconfigure;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whether anything listens at the broker's endpoints. Says nothing about what the broker would answer. */
final class EndpointProbe {

    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final Duration timeout;

    EndpointProbe(String endpoints, Duration timeout) {
        this.timeout = timeout;
        for (String endpoint : endpoints.split(";", -1)) {
            int colon = endpoint.lastIndexOf(':');
            String host = endpoint.substring(0, colon).replaceAll("[\\[\\]]", "");
            addresses.add(InetSocketAddress.createUnresolved(host, Integer.parseInt(endpoint.substring(colon + 1))));
        }
    }

    boolean answers() {
        return addresses.stream().anyMatch(this::connects);
    }

    private boolean connects(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.getHostString(), address.getPort()), (int) timeout.toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
