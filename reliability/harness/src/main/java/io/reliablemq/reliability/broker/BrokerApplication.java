package io.reliablemq.reliability.broker;

import io.reliablemq.broker.embedded.BrokerMode;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The embedded broker by itself. Each line of its standard input is an {@link Order}; when that ends, its parent is gone, and so is
 * the broker. What became of the orders is in a file, a line each.
 */
public final class BrokerApplication {

    static final String UNORDERED = "ledger:normal:8";
    static final String ORDERED = "ledger-by-account:fifo:8";

    private BrokerApplication() {}

    /** @param arguments {@code name=value} of directory, port, name-server-port, replicas, ready and answers, all of them */
    public static void main(String[] arguments) throws IOException {
        Given given = Given.of(arguments);
        EmbeddedBroker broker = EmbeddedBroker.start(settings(given));
        Files.createFile(Path.of(given.get("ready")));
        obey(broker, Path.of(given.get("answers")));
        Runtime.getRuntime().halt(1);
    }

    private static EmbeddedBrokerSettings settings(Given given) {
        int replicas = Integer.parseInt(given.get("replicas"));
        return EmbeddedBrokerSettings.in(Path.of(given.get("directory")))
                .withMode(replicas > 1 ? BrokerMode.PROCESSES : BrokerMode.IN_PROCESS)
                .withReplicas(replicas)
                .withProxyPort(Integer.parseInt(given.get("port")))
                .withNameServerPort(Integer.parseInt(given.get("name-server-port")))
                .withTopics(TopicDeclaration.parse(UNORDERED), TopicDeclaration.parse(ORDERED))
                .withGroups(
                        GroupDeclaration.parse("ordered:fifo"),
                        GroupDeclaration.parse("single"),
                        GroupDeclaration.parse("coalesced"));
    }

    private static void obey(EmbeddedBroker broker, Path answers) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            Files.writeString(
                    answers, answer(broker, line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private static String answer(EmbeddedBroker broker, String line) {
        try {
            Order.of(line).carryOut(broker);
            return Order.DONE;
        } catch (RuntimeException e) {
            return String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }
}
