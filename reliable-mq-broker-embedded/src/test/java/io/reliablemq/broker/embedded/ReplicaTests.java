package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies, and faults that need no process of their own, on one broker with a replica. */
class ReplicaTests {

    private static final int AWAY_SECONDS = Integer.getInteger("reliable-mq.name-server-outage.seconds", 2);

    private static final Duration DELAY = Duration.ofMillis(400);

    /** The shortest that RocketMQ allows. */
    private static final Duration INVISIBLE = Duration.ofSeconds(10);

    @TempDir
    static Path directory;

    /** A send without an answer takes as long. */
    private static final Duration FAR_REQUEST_WITHIN = Duration.ofSeconds(3);

    private static EmbeddedBroker broker;
    private static BrokerFaults faults;
    private static Client near;
    private static Client far;

    @BeforeAll
    static void start() {
        long began = System.nanoTime();
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory)
                .withReplicas(2)
                .withTopics(
                        TopicDeclaration.normal("copies"),
                        new TopicDeclaration("disk", TopicType.NORMAL, 1),
                        TopicDeclaration.normal("again"),
                        TopicDeclaration.parse("later:delay"),
                        TopicDeclaration.normal("replies"),
                        TopicDeclaration.normal("slow"),
                        TopicDeclaration.normal("routes"))
                .withGroups(GroupDeclaration.concurrent("shop"), GroupDeclaration.concurrent("reading")));
        Figures.report("cold start, two replicas", began);
        faults = broker.faults();
        near = new Client(broker.endpoints());
        far = new Client(faults.endpoints(), FAR_REQUEST_WITHIN);
    }

    @AfterAll
    static void close() throws Exception {
        near.close();
        far.close();
        long began = System.nanoTime();
        broker.close();
        Figures.report("close of two replicas", began);
    }

    @Test
    void storesOnBothCopiesAndRefusesWhileOneIsAway() throws Exception {
        Producer producer = near.producer("copies");
        Client.send(producer, Client.message("copies", "both-have-this"));
        assertThat(holds("broker-0", "both-have-this")).isTrue();
        assertThat(holds("broker-1", "both-have-this")).isTrue();

        faults.stop(BrokerPart.REPLICA);
        try {
            long sent = System.nanoTime();
            assertThatThrownBy(() -> producer.send(Client.message("copies", "nobody-has-this")))
                    .isInstanceOf(Exception.class);
            Figures.report("send without the replica fails", sent);
        } finally {
            long began = System.nanoTime();
            faults.restart(BrokerPart.REPLICA);
            Figures.report("start of the replica", began);
        }
        Client.send(producer, Client.message("copies", "healed"));
        assertThat(holds("broker-1", "healed")).isTrue();
        // refused at once, that is, before it was stored
        assertThat(holds("broker-0", "nobody-has-this")).isFalse();
        assertThat(Client.receive(near.consumer("shop", "copies"), List.of("both-have-this", "healed")))
                .containsOnly("both-have-this", "healed");
    }

    private static boolean holds(String broker, String text) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(broker).resolve("commitlog"))) {
            for (Path file : files.toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void aFullDiskTakesNothingAndGivesWhatItHas() throws Exception {
        Producer producer = near.producer("disk");
        Client.send(producer, Client.message("disk", "before"));
        faults.fillDisk();
        try {
            assertThatThrownBy(() -> producer.send(Client.message("disk", "refused")))
                    .hasStackTraceContaining("disk is full");
        } finally {
            faults.freeDisk();
        }
        Client.send(producer, Client.message("disk", "after"));

        // of one queue, so that nothing between them comes later
        assertThat(Client.receive(near.consumer("shop", "disk"), List.of("after")))
                .containsOnly("before", "after");
    }

    @Test
    void whatComesDueWhileTheDiskIsFullIsDeliveredWhenItIsNot() throws Exception {
        Producer producer = near.producer("again");
        SimpleConsumer consumer = near.consumer("shop", "again");
        Client.send(producer, Client.message("again", "not handled"));
        Patience.until(
                "it has been received", () -> !consumer.receive(1, INVISIBLE).isEmpty());
        Client.send(near.producer("later"), Client.delayed("later", "delayed", INVISIBLE));
        faults.fillDisk();
        try {
            long due = System.nanoTime() + INVISIBLE.multipliedBy(2).toNanos();
            while (System.nanoTime() < due) {
                assertThatThrownBy(() -> producer.send(Client.message("again", "refused")))
                        .hasStackTraceContaining("disk is full");
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } finally {
            faults.freeDisk();
        }

        Client.receive(near.consumer("shop", "later"), List.of("delayed"));
        Client.receive(consumer, List.of("not handled"));
    }

    @Test
    void whatIsSentWhileRepliesAreDroppedIsStoredAndNobodyIsTold() throws Exception {
        Producer producer = far.producer("replies");
        Client.send(producer, Client.message("replies", "told"));
        faults.dropReplies();
        try {
            assertThatThrownBy(() -> producer.send(Client.message("replies", "untold")))
                    .isInstanceOf(Exception.class);
            Client.send(near.producer("replies"), Client.message("replies", "by another"));
        } finally {
            faults.healNetwork();
        }
        Client.send(producer, Client.message("replies", "again"));

        Client.receive(near.consumer("shop", "replies"), List.of("told", "untold", "by another", "again"));
    }

    @Test
    void aDelayHoldsUpThoseOnThisConnectionOnly() throws Exception {
        Producer slow = far.producer("slow");
        Producer quick = near.producer("slow");
        Client.send(slow, Client.message("slow", "x"));
        faults.delay(DELAY);
        try {
            assertThat(timeOf(slow)).isGreaterThan(DELAY.multipliedBy(2));
            Patience.until("one is quicker", () -> timeOf(quick).compareTo(DELAY.multipliedBy(2)) < 0);
        } finally {
            faults.healNetwork();
        }
        Patience.until("it is quick again", () -> timeOf(slow).compareTo(DELAY.multipliedBy(2)) < 0);
    }

    private static Duration timeOf(Producer producer) {
        long began = System.nanoTime();
        Client.send(producer, Client.message("slow", "x"));
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    void knownRoutesGoOnWithoutNameServerAndNewOnesAreFoundWhenItIsBack() throws Exception {
        Producer producer = near.producer("routes");
        Client.send(producer, Client.message("routes", "before"));
        faults.stop(BrokerPart.NAME_SERVER);
        try {
            assertThatThrownBy(() -> faults.stop(BrokerPart.NAME_SERVER)).hasMessageContaining("can be stopped once");
            long ends = System.nanoTime() + Duration.ofSeconds(AWAY_SECONDS).toNanos();
            do {
                Client.send(producer, Client.message("routes", "meanwhile"));
            } while (System.nanoTime() < ends);
            assertThatThrownBy(() -> near.producer("unknown").send(Client.message("unknown", "x")))
                    .isInstanceOf(Exception.class);
        } finally {
            faults.restart(BrokerPart.NAME_SERVER);
        }
        broker.createTopic(TopicDeclaration.normal("fresh"));
        Client.send(near.producer("fresh"), Client.message("fresh", "after"));
        assertThat(Client.receive(near.consumer("reading", "fresh"), List.of("after")))
                .containsOnly("after");
    }
}
