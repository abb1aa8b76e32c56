package io.reliablemq.reliability.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A partition between the copies of the broker: what they send to one another is lost on its way, also on the connections that they have. Needs a
 * network that is this run's own, which its processes and no others see.
 */
public final class CopiesApart {

    /** Before the rule that leads to this machine itself, which {@code reliability/run} has put behind it. */
    private static final String BEFORE_LOCAL = "10";

    private final BrokerAdministration broker;
    private final List<List<String>> rules = new ArrayList<>();

    CopiesApart(BrokerAdministration broker) {
        this.broker = broker;
    }

    /** @throws IllegalStateException when they still reach one another */
    public void begin() throws Exception {
        List<Integer> ports = List.copyOf(broker.replicationPorts());
        for (int port : ports) {
            for (String end : List.of("sport", "dport")) {
                List<String> rule =
                        List.of("pref", BEFORE_LOCAL, "ipproto", "tcp", end, String.valueOf(port), "blackhole");
                ip("add", rule);
                rules.add(rule);
            }
        }
        for (int port : ports) {
            if (isReached(port)) {
                throw new IllegalStateException("Port " + port + " of a copy can be reached all the same");
            }
        }
    }

    public void end() throws IOException, InterruptedException {
        while (!rules.isEmpty()) {
            ip("del", rules.remove(0));
        }
    }

    private static boolean isReached(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void ip(String what, List<String> rule) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "-4", "rule", what));
        command.addAll(rule);
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IllegalStateException("\"" + String.join(" ", command) + "\" has failed");
        }
    }
}
