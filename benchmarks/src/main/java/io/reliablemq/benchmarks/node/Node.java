package io.reliablemq.benchmarks.node;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Answers;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.subject.Limit;
import io.reliablemq.benchmarks.subject.NodeSubject;
import io.reliablemq.benchmarks.subject.ReliableMq;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A JVM that relays when it is told to, by lines on its standard input, until that ends:
 *
 * <ul>
 *   <li>{@code start ROWS ORDERED ACK_MILLIS}: answers {@code started}, and from then on {@code deleted COUNT} each time
 *   <li>{@code stop}: answers {@code stopped FIRST_MS LAST_MS SENT TWICE OVERTAKEN}, times in milliseconds since the epoch
 * </ul>
 */
public final class Node {

    private final NodeSubject subject;
    private final PrintStream out = System.out;

    private Node(NodeSubject subject) {
        this.subject = subject;
    }

    /** @param arguments the subject's name, this node's number, and what {@link BenchmarkDatabase#existing} needs */
    public static void main(String... arguments) throws Exception {
        BenchmarkDatabase database = BenchmarkDatabase.existing(arguments[2], arguments[3], arguments[4], arguments[5]);
        new Node(subject(arguments[0], Integer.parseInt(arguments[1]), database)).obey();
        System.exit(0);
    }

    private static NodeSubject subject(String name, int number, BenchmarkDatabase database) {
        return name.equals(Limit.NAME) ? Limit.existingShare(database, number) : ReliableMq.existing(database);
    }

    private void obey() throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            List<String> words = List.of(line.split(" "));
            int rows = Integer.parseInt(words.get(1));
            boolean ordered = Boolean.parseBoolean(words.get(2));
            Duration ack = Duration.ofMillis(Long.parseLong(words.get(3)));
            relay(rows, ordered, ack, commands);
        }
    }

    private void relay(int rows, boolean ordered, Duration ack, BufferedReader commands) throws Exception {
        AtomicLong last = new AtomicLong();
        try (Answers answers = new Answers(ack)) {
            Deliveries deliveries = new Deliveries(rows, ordered, answers);
            try (NodeSubject.Running relay = subject.run(
                    deliveries,
                    count -> {
                        last.set(System.currentTimeMillis());
                        say("deleted " + count);
                    },
                    ordered)) {
                say("started");
                commands.readLine();
            }
            long sinceFirst = (System.nanoTime() - deliveries.firstNanos()) / 1_000_000;
            Deliveries.Tally tally = deliveries.tally();
            say("stopped " + (System.currentTimeMillis() - sinceFirst) + " " + last + " " + tally.sent() + " "
                    + tally.twice() + " " + tally.overtaken());
        }
    }

    private synchronized void say(String line) {
        out.println(line);
        out.flush();
    }
}
