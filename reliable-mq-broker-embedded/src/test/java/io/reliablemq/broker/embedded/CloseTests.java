package io.reliablemq.broker.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that closes while it is asked. What fails here ends the JVM of the tests with a segmentation fault. */
class CloseTests {

    private static final int ANSWERS = 20;
    private static final int CLUSTER = 106;
    private static final int FIGURES_OF_BROKER = 28;
    private static final Pattern ADDRESS = Pattern.compile("127\\.0\\.0\\.1:\\d+");

    @TempDir
    Path directory;

    private final AtomicInteger answers = new AtomicInteger();

    /** The answer reads the memory of the timer wheel, all of it, which RocketMQ frees while it still answers. */
    @Test
    void whileClientsAskForItsFiguresHarmsNobody() throws Exception {
        ExecutorService clients = Executors.newCachedThreadPool();
        try (EmbeddedBroker broker =
                EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory).withReplicas(2))) {
            List<String> addresses = addressesIn(Remoting.ask(broker.nameServer(), CLUSTER, Map.of()));
            Stream.of(addresses, addresses, addresses)
                    .flatMap(List::stream)
                    .forEach(address -> clients.execute(() -> askUntilRefused(address)));
            Patience.until("the broker answers", () -> answers.get() >= ANSWERS);
        } finally {
            clients.shutdown();
        }
        Patience.until("the clients are refused", clients::isTerminated);
    }

    private void askUntilRefused(String address) {
        try {
            while (!Remoting.ask(address, FIGURES_OF_BROKER, Map.of()).isEmpty()) {
                answers.incrementAndGet();
            }
        } catch (IOException e) {
            // it has closed
        }
    }

    private static List<String> addressesIn(String answer) {
        return ADDRESS.matcher(answer).results().map(MatchResult::group).toList();
    }
}
