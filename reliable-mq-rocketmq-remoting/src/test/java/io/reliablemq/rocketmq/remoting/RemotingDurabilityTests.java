package io.reliablemq.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.BrokerMode;
import io.reliablemq.broker.embedded.BrokerPart;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Success is two copies on disk, and nothing else is. */
class RemotingDurabilityTests {

    private static EmbeddedBroker broker;
    private static RemotingConnection connection;

    @BeforeAll
    static void start(@TempDir(cleanup = CleanupMode.NEVER) Path directory) {
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory)
                .withMode(BrokerMode.PROCESSES)
                .withReplicas(2)
                .withTopics(TopicDeclaration.normal("plain"), TopicDeclaration.fifo("sorted")));
        connection = new RemotingConnection(
                RemotingSettings.at(broker.nameServer()).withRequestTimeout(Duration.ofSeconds(15)));
    }

    @AfterAll
    static void stop() {
        connection.close();
        broker.close();
    }

    @Test
    void settlesNothingWhileTheReplicaIsAway() throws Exception {
        assertThat(send("plain", null)).allMatch(SendOutcome.Stored.class::isInstance);
        assertThat(send("sorted", "key ")).allMatch(SendOutcome.Stored.class::isInstance);

        broker.faults().stop(BrokerPart.REPLICA);

        assertThat(send("plain", null)).allMatch(SendOutcome.Unknown.class::isInstance);
        assertThat(send("sorted", "key ")).allMatch(SendOutcome.Unknown.class::isInstance);
        assertThat(connection.status().reachable())
                .as("the broker has answered")
                .isTrue();

        broker.faults().restart(BrokerPart.REPLICA);

        await().atMost(Duration.ofSeconds(60))
                .until(() -> send("plain", null).stream().allMatch(SendOutcome.Stored.class::isInstance));
        assertThat(send("sorted", "key ")).allMatch(SendOutcome.Stored.class::isInstance);
    }

    /** The client calls that a result, as it does SEND_OK. */
    @Test
    void settlesNothingOnFlushSlaveTimeout() throws Exception {
        broker.faults().pause(BrokerPart.REPLICA);
        try {
            assertThat(send("plain", null))
                    .allMatch(SendOutcome.Unknown.class::isInstance)
                    .anySatisfy(outcome -> assertThat(outcome.text()).contains("FLUSH_SLAVE_TIMEOUT"));
        } finally {
            broker.faults().resume(BrokerPart.REPLICA);
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> send("plain", null).stream().allMatch(SendOutcome.Stored.class::isInstance));
    }

    private static List<SendOutcome> send(String topic, String keys) throws Exception {
        List<CompletableFuture<SendOutcome>> outcomes = IntStream.range(0, 50)
                .mapToObj(i -> connection
                        .sender()
                        .send(message(topic, keys == null ? null : keys + i))
                        .toCompletableFuture())
                .toList();
        CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        return outcomes.stream().map(CompletableFuture::join).toList();
    }

    private static OutgoingMessage message(String topic, String orderingKey) {
        return TextMessage.of(topic, orderingKey, "x");
    }
}
