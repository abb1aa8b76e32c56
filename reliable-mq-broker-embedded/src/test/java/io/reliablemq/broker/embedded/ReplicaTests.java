package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaTests {

    @TempDir
    Path directory;

    @Test
    void storesOnBothCopiesAndRefusesWhileOneIsAway() throws Exception {
        EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(directory)
                .withReplicas(2)
                .withTopics(TopicDeclaration.normal("orders"))
                .withGroups(GroupDeclaration.concurrent("shop"));
        long began = System.nanoTime();
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            Figures.report("cold start, two replicas", began);
            Producer producer = client.producer("orders");

            producer.send(Client.message("orders", "both-have-this"));
            assertThat(holds("broker-0", "both-have-this")).isTrue();
            assertThat(holds("broker-1", "both-have-this")).isTrue();

            broker.faults().stop(BrokerPart.REPLICA);
            long sent = System.nanoTime();
            assertThatThrownBy(() -> producer.send(Client.message("orders", "nobody-has-this")))
                    .isInstanceOf(Exception.class);
            Figures.report("send without the replica fails", sent);
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(Duration.ofMillis(1_500));

            SimpleConsumer consumer = client.consumer("shop", "orders");
            began = System.nanoTime();
            broker.faults().restart(BrokerPart.REPLICA);
            Figures.report("start of the replica", began);
            producer.send(Client.message("orders", "healed"));
            assertThat(Client.drain(consumer, 3, Duration.ofSeconds(6)))
                    .containsExactlyInAnyOrder("both-have-this", "healed");
            assertThat(holds("broker-1", "healed")).isTrue();
            assertThat(holds("broker-0", "nobody-has-this")).isFalse();
            began = System.nanoTime();
        }
        Figures.report("close of two replicas with clients", began);
    }

    private boolean holds(String broker, String text) throws IOException {
        String searched = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        try (Stream<Path> files = Files.list(directory.resolve(broker).resolve("commitlog"))) {
            List<Path> commitLog = files.toList();
            for (Path file : commitLog) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(searched)) {
                    return true;
                }
            }
        }
        return false;
    }
}
