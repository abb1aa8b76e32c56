package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
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
            client.producer("orders").send(Client.message("orders", "kept"));
            endpoints = broker.endpoints();
        }
        long began = System.nanoTime();
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            Figures.report("warm start, one broker", began);
            assertThat(broker.endpoints()).isEqualTo(endpoints);
            assertThat(Client.drain(client.consumer("shop", "orders"), 1, Duration.ofSeconds(10)))
                    .containsExactly("kept");
        }
    }
}
