package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker in a process of its own. */
class OtherProcessTests {

    @TempDir
    Path directory;

    @Test
    void keepsAcknowledgedMessagesWhenTheProcessIsKilled() throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        String endpoints;
        try (BrokerProcess process = start()) {
            endpoints = process.endpoints();
            try (Client client = new Client(endpoints)) {
                Client.send(client.producer("reminders"), Client.delayed("reminders", "later", Duration.ofSeconds(8)));
            }
            sendUntilItIsKilled(process, acknowledged);
        }
        long began = System.nanoTime();
        try (BrokerProcess process = start()) {
            Figures.report("restart after kill -9, with the JVM", began);
            assertThat(process.endpoints()).as("the same ports as before").isEqualTo(endpoints);
            try (Client client = new Client(process.endpoints())) {
                // may also hold messages whose acknowledgement was lost
                Client.receive(client.consumer("shop", "orders"), acknowledged);
                // the timer wheel had not been flushed when the process was killed: once at least
                assertThat(Client.receive(client.consumer("reminding", "reminders"), List.of("later")))
                        .containsOnly("later");
            }
            assertThat(process.closeInOrder()).endsWith("STOPPED");
        }
        assertThat(filesBelow("home")).isEmpty();
        assertThat(filesBelow("tmp")).isEmpty();
    }

    @Test
    void refusesADirectoryThatAnotherProcessUses() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory.resolve("data")));
                BrokerProcess second = start()) {
            assertThat(broker.dataDirectory()).isDirectory();
            assertThat(second.answer())
                    .startsWith("reliable-mq-broker: ")
                    .contains("in use")
                    .contains("process " + ProcessHandle.current().pid());
        }
    }

    private BrokerProcess start() throws IOException {
        return BrokerProcess.start(directory.resolve("data"), directory.resolve("home"), directory.resolve("tmp"));
    }

    private static void sendUntilItIsKilled(BrokerProcess process, Set<String> acknowledged) throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(8);
        try (Client client = new Client(process.endpoints())) {
            Producer producer = client.producer("orders");
            for (int sender = 0; sender < 8; sender++) {
                String prefix = sender + "-";
                senders.execute(() -> sendUntilItIsGone(producer, prefix, acknowledged, process));
            }
            Patience.until("200 are acknowledged", () -> acknowledged.size() >= 200);
            process.kill();
            senders.shutdown();
            assertThat(senders.awaitTermination(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    /** A single failure may be the machine's. */
    private static void sendUntilItIsGone(
            Producer producer, String prefix, Set<String> acknowledged, BrokerProcess process) {
        for (int i = 0; process.isAlive(); i++) {
            try {
                producer.send(Client.message("orders", prefix + i));
                acknowledged.add(prefix + i);
            } catch (ClientException | RuntimeException e) {
                // its fate is unknown
            }
        }
    }

    private List<Path> filesBelow(String name) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(name))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
