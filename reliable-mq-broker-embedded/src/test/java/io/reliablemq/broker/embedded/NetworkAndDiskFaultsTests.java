package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults that need no process of its own, on one broker with a replica. */
class NetworkAndDiskFaultsTests {

    private static final int AWAY_SECONDS = Integer.getInteger("reliable-mq.name-server-outage.seconds", 2);

    /** The shortest that RocketMQ allows. */
    private static final Duration INVISIBLE = Duration.ofSeconds(10);

    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;
    private static BrokerFaults faults;
    private static Client near;
    private static Client far;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory)
                .withReplicas(2)
                .withTopics(
                        TopicDeclaration.normal("disk"),
                        TopicDeclaration.normal("again"),
                        TopicDeclaration.parse("later:delay"),
                        TopicDeclaration.normal("replies"),
                        TopicDeclaration.normal("slow"),
                        TopicDeclaration.normal("routes"))
                .withGroups(GroupDeclaration.concurrent("shop"), GroupDeclaration.concurrent("reading")));
        faults = broker.faults();
        near = new Client(broker.endpoints());
        far = new Client(faults.endpoints());
    }

    @AfterAll
    static void close() throws Exception {
        near.close();
        far.close();
        broker.close();
    }

    @Test
    void aFullDiskTakesNothingAndGivesWhatItHas() throws Exception {
        Producer producer = near.producer("disk");
        producer.send(Client.message("disk", "before"));
        faults.fillDisk();
        try {
            assertThatThrownBy(() -> producer.send(Client.message("disk", "refused")))
                    .hasStackTraceContaining("disk is full");
        } finally {
            faults.freeDisk();
        }
        producer.send(Client.message("disk", "after"));

        assertThat(Client.drain(near.consumer("shop", "disk"), 3, Duration.ofSeconds(4)))
                .containsExactlyInAnyOrder("before", "after");
    }

    @Test
    void whatComesDueWhileTheDiskIsFullIsDeliveredWhenItIsNot() throws Exception {
        Producer producer = near.producer("again");
        SimpleConsumer consumer = near.consumer("shop", "again");
        producer.send(Client.message("again", "not handled"));
        await(() -> !consumer.receive(1, INVISIBLE).isEmpty());
        near.producer("later").send(Client.delayed("later", "delayed", INVISIBLE));
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

        assertThat(Client.drain(near.consumer("shop", "later"), 1, Duration.ofSeconds(60)))
                .containsExactly("delayed");
        assertThat(Client.drain(consumer, 1, Duration.ofSeconds(60))).containsExactly("not handled");
    }

    @Test
    void whatIsSentWhileRepliesAreDroppedIsStoredAndNobodyIsTold() throws Exception {
        Producer producer = far.producer("replies");
        producer.send(Client.message("replies", "told"));
        faults.dropReplies();
        try {
            assertThatThrownBy(() -> producer.send(Client.message("replies", "untold")))
                    .isInstanceOf(Exception.class);
            near.producer("replies").send(Client.message("replies", "by another"));
        } finally {
            faults.healNetwork();
        }
        await(() -> isTaken(producer, "replies"));

        assertThat(Client.drain(near.consumer("shop", "replies"), Integer.MAX_VALUE, Duration.ofSeconds(4)))
                .contains("told", "untold", "by another");
    }

    @Test
    void aDelayHoldsUpThoseOnThisConnectionOnly() throws Exception {
        Producer slow = far.producer("slow");
        Producer quick = near.producer("slow");
        slow.send(Client.message("slow", "x"));
        faults.delay(Duration.ofMillis(400));
        try {
            assertThat(nanosOf(slow)).isGreaterThan(Duration.ofMillis(800).toNanos());
            assertThat(nanosOf(quick)).isLessThan(nanosOf(slow));
        } finally {
            faults.healNetwork();
        }
        await(() -> nanosOf(slow) < Duration.ofMillis(400).toNanos());
    }

    private static long nanosOf(Producer producer) throws ClientException {
        long began = System.nanoTime();
        producer.send(Client.message("slow", "x"));
        return System.nanoTime() - began;
    }

    @Test
    void knownRoutesGoOnWithoutNameServerAndNewOnesAreFoundWhenItIsBack() throws Exception {
        Producer producer = near.producer("routes");
        producer.send(Client.message("routes", "before"));
        faults.stop(BrokerPart.NAME_SERVER);
        try {
            assertThatThrownBy(() -> faults.stop(BrokerPart.NAME_SERVER)).hasMessageContaining("can be stopped once");
            long ends = System.nanoTime() + Duration.ofSeconds(AWAY_SECONDS).toNanos();
            do {
                assertThatCode(() -> producer.send(Client.message("routes", "meanwhile")))
                        .doesNotThrowAnyException();
            } while (System.nanoTime() < ends);
            assertThatThrownBy(() -> near.producer("unknown").send(Client.message("unknown", "x")))
                    .isInstanceOf(Exception.class);
        } finally {
            faults.restart(BrokerPart.NAME_SERVER);
        }
        broker.createTopic(TopicDeclaration.normal("fresh"));
        near.producer("fresh").send(Client.message("fresh", "after"));
        assertThat(Client.drain(near.consumer("reading", "fresh"), 1, Duration.ofSeconds(10)))
                .containsExactly("after");
    }

    private static boolean isTaken(Producer producer, String topic) {
        try {
            producer.send(Client.message(topic, "again"));
            return true;
        } catch (ClientException | RuntimeException e) {
            return false;
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
