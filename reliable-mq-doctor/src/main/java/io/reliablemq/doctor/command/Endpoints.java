package io.reliablemq.doctor.command;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Nature;
import io.reliablemq.doctor.Finding.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Whether anything listens where the gRPC proxies have to be. */
record Endpoints(String addresses, Duration timeout) {

    List<Finding> findings() {
        return addresses.isEmpty()
                ? List.of()
                : Arrays.stream(addresses.split(";", -1))
                        .map(String::strip)
                        .map(this::finding)
                        .toList();
    }

    private Finding finding(String address) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    Math.toIntExact(timeout.toMillis()));
            return new Finding("endpoint", address, Status.OK, Nature.STATE, "somebody listens there", "");
        } catch (IOException | IllegalArgumentException e) {
            return new Finding(
                    "endpoint",
                    address,
                    Status.UNKNOWN,
                    Nature.STATE,
                    "nobody answers there: " + e.getMessage(),
                    "Start the proxy, or correct the address");
        }
    }
}
