package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTests {

    @TempDir
    Path directory;

    @Test
    void keepsMessagesOverAnOrderlyRestartInTheSameProcess() throws Exception {
        EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(directory.resolve("data"))
                .withTopics(TopicDeclaration.normal("orders"))
                .withGroups(GroupDeclaration.concurrent("shop"));
        String endpoints;
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            Client.send(client.producer("orders"), Client.message("orders", "kept"));
            endpoints = broker.endpoints();
        }
        long began = System.nanoTime();
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            Figures.report("warm start, one broker", began);
            assertThat(broker.endpoints()).isEqualTo(endpoints);
            assertThat(Client.receive(client.consumer("shop", "orders"), List.of("kept")))
                    .containsOnly("kept");
        }
    }

    /** The broker's own rule is the latest message, unless the first one that there ever was is still in memory. */
    @Test
    void startsANewGroupAtTheOldestMessageThatIsLeft() throws Exception {
        int messages = 12;
        EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(directory.resolve("aged"))
                .withTopics(new TopicDeclaration("backlog", TopicType.NORMAL, 1));
        String filler = "x".repeat(3 << 20);
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            Producer producer = client.producer("backlog");
            for (int i = 0; i < messages; i++) {
                Client.send(producer, Client.message("backlog", i + filler));
            }
        }
        deleteTheOldestFileOfTheCommitLog();

        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            broker.createGroup(GroupDeclaration.concurrent("late"));
            // of one queue, so that the newest comes last
            List<String> newest = List.of(messages - 1 + filler);
            List<Integer> left = Client.receive(client.consumer("late", "backlog"), newest).stream()
                    .map(text -> Integer.valueOf(text.replace("x", "")))
                    .distinct()
                    .sorted()
                    .toList();
            assertThat(left).hasSizeBetween(2, messages - 1);
            assertThat(left)
                    .isEqualTo(IntStream.range(messages - left.size(), messages)
                            .boxed()
                            .toList());
        }
    }

    private void deleteTheOldestFileOfTheCommitLog() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("aged"))) {
            Files.delete(files.filter(
                            file -> file.getParent().getFileName().toString().equals("commitlog"))
                    .min(Comparator.naturalOrder())
                    .orElseThrow());
        }
    }
}
