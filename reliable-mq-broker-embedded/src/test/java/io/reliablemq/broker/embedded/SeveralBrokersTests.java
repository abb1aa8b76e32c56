package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two brokers that share the messages. */
class SeveralBrokersTests {

    private static final int REFUSALS = 20;
    /** Each request asks one of the brokers, and waits there. */
    private static final Duration SHORT_POLL = Duration.ofMillis(500);

    private static final List<String> KEYS =
            IntStream.range(0, 16).mapToObj(key -> "key-" + key).toList();

    @TempDir
    Path directory;

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatOneRefusesOrCannotTakeGoesToTheOtherAndNothingIsLost() throws Exception {
        EmbeddedBrokerSettings settings = settings("data").withMode(BrokerMode.PROCESSES);
        long began = System.nanoTime();
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            Figures.report("cold start, two brokers in processes", began);
            BrokerFaults first = broker.faults().ofBroker(0);
            BrokerFaults second = broker.faults().ofBroker(1);
            Load load = new Load(client.producer("orders"), "orders");
            try (load) {
                takenByOneAlone(first, second, load);
                began = System.nanoTime();
                first.kill(BrokerPart.MASTER);
                load.awaitMore(100);
                Figures.report("100 sends after the kill of one of two brokers", began);
                broker.createTopic(TopicDeclaration.normal("late"));
                broker.createTopic(TopicDeclaration.fifo("sorted"));
                first.restart(BrokerPart.MASTER);
                second.kill(BrokerPart.MASTER);
                load.awaitMore(100);
                // it learned of the topic when it came back
                Client.send(client.producer("late"), Client.message("late", "x"));
                // a proxy sends nothing to a topic while a broker in its order configuration is away
                assertThat(Remoting.orderOf("sorted", broker.nameServer())).isEmpty();
                second.restart(BrokerPart.MASTER);
            }
            began = System.nanoTime();
            Client.receive(client.consumer("shop", "orders", SHORT_POLL), load.acknowledged());
            Figures.report("receiving " + load.acknowledged().size() + " from two brokers", began);
        }
        assertThatThrownBy(() -> EmbeddedBroker.start(settings.withBrokers(1)))
                .isInstanceOf(EmbeddedBrokerException.class)
                .hasMessageContaining("made with more brokers than 1");
    }

    private static void takenByOneAlone(BrokerFaults first, BrokerFaults second, Load load) throws Exception {
        load.awaitMore(50);
        long began = System.nanoTime();
        first.fillDisk();
        load.awaitMore(100);
        Figures.report("100 sends while one of two brokers refuses", began);
        second.fillDisk();
        load.awaitRefusals(REFUSALS);
        first.freeDisk();
        load.awaitMore(100);
        second.freeDisk();
    }

    /** Its order would end where its queue changes. */
    @Test
    void aKeyWaitsForTheBrokerThatRefusesIt() throws Exception {
        EmbeddedBrokerSettings settings =
                settings("ordered").withReplicas(2).withTopics(TopicDeclaration.fifo("steps"));
        // a proxy sends nothing to a topic while a broker in its order configuration is away
        try (EmbeddedBroker alone = EmbeddedBroker.start(settings.withBrokers(1))) {
            assertThat(Remoting.orderOf("steps", alone.nameServer())).isEqualTo("embedded:4");
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            assertThat(Remoting.orderOf("steps", broker.nameServer())).isEmpty();
            Producer producer = client.producer("steps");
            List<String> ofFirst = refusedWhileFull(broker.faults().ofBroker(0), producer);
            List<String> ofSecond = refusedWhileFull(broker.faults().ofBroker(1), producer);

            assertThat(ofFirst).isNotEmpty();
            assertThat(ofSecond).isNotEmpty();
            assertThat(Stream.concat(ofFirst.stream(), ofSecond.stream())).containsExactlyInAnyOrderElementsOf(KEYS);
            KEYS.forEach(key -> Client.send(producer, Client.ordered("steps", "after", key)));
            for (String copy : List.of("broker-0", "broker-1", "group-1-broker-0", "group-1-broker-1")) {
                assertThat(directory.resolve("ordered").resolve(copy).resolve("commitlog"))
                        .isNotEmptyDirectory();
            }
            assertThatThrownBy(() -> broker.faults().ofBroker(2)).hasMessageContaining("use 0 to 1");
            assertThatThrownBy(() -> broker.faults().ofBroker(1).kill(BrokerPart.MASTER))
                    .hasMessageContaining("use mode processes");
            refusesWithoutTheReplicaOf(1, broker, producer, ofSecond.get(0), ofFirst.get(0));
        }
        assertThat(Files.exists(directory.resolve("ordered").resolve("group-2-broker-0")))
                .isFalse();
    }

    private static List<String> refusedWhileFull(BrokerFaults faults, Producer producer) {
        faults.fillDisk();
        try {
            return KEYS.stream().filter(key -> isRefused(producer, key)).toList();
        } finally {
            faults.freeDisk();
        }
    }

    private static void refusesWithoutTheReplicaOf(
            int number, EmbeddedBroker broker, Producer producer, String its, String anothers) {
        BrokerFaults faults = broker.faults().ofBroker(number);
        faults.stop(BrokerPart.REPLICA);
        assertThatThrownBy(() -> producer.send(Client.ordered("steps", "x", its)))
                .isInstanceOf(Exception.class);
        Client.send(producer, Client.ordered("steps", "x", anothers));
        faults.restart(BrokerPart.REPLICA);
        Client.send(producer, Client.ordered("steps", "x", its));
    }

    private static boolean isRefused(Producer producer, String key) {
        while (true) {
            try {
                producer.send(Client.ordered("steps", "x", key));
                return false;
            } catch (ClientException | RuntimeException e) {
                if (String.valueOf(e.getMessage()).contains("disk is full")) {
                    return true;
                }
            }
        }
    }

    private EmbeddedBrokerSettings settings(String name) {
        return EmbeddedBrokerSettings.in(directory.resolve(name))
                .withBrokers(2)
                .withTopics(TopicDeclaration.normal("orders"))
                .withGroups(GroupDeclaration.concurrent("shop"));
    }
}
