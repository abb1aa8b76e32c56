package io.reliablemq.reliability.system;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.reliability.broker.BrokerApplication;
import io.reliablemq.reliability.broker.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The broker in a JVM of its own, with its copies in children of that one. Orders are given by one thread at a time. */
public final class BrokerUnderTest {

    private static final Duration WITHIN = Duration.ofMinutes(2);

    private final ChildJvm jvm;
    private final Path directory;
    private final Path answers;

    BrokerUnderTest(RunSettings settings, Path directory, int port, int nameServer) {
        this.directory = directory;
        this.answers = settings.logs().resolve("broker.answers");
        List<String> options =
                List.of("-Xmx768m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.net.preferIPv4Stack=true");
        jvm = new ChildJvm(
                "broker",
                new ChildJvm.Command(
                        BrokerApplication.class.getName(),
                        options,
                        next -> List.of(
                                "directory=" + directory,
                                "port=" + port,
                                "name-server-port=" + nameServer,
                                "replicas=" + settings.replicas(),
                                "ready=" + next.ready(),
                                "answers=" + answers),
                        settings.logs()));
    }

    public ChildJvm jvm() {
        return jvm;
    }

    /** Where it keeps its messages. */
    public Path directory() {
        return directory;
    }

    /**
     * Returns when it is done.
     *
     * @param order one that the broker knows: two words, of which the second says to what, such as {@code kill REPLICA}
     * @throws IllegalStateException saying why not
     */
    public void order(String order) throws IOException, InterruptedException {
        int before = answers().size();
        jvm.say(order);
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (answers().size() == before) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The broker has not answered to " + order + " within " + WITHIN);
            }
            Thread.sleep(50);
        }
        String answer = answers().get(before);
        if (!answer.equals(Order.DONE)) {
            throw new IllegalStateException("The broker has not done " + order + ": " + answer);
        }
    }

    private List<String> answers() throws IOException {
        return Files.exists(answers) ? Files.readAllLines(answers) : List.of();
    }
}
