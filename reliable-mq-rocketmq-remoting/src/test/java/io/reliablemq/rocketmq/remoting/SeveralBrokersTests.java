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
import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.rocketmq.RocketMqSettings;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Two brokers, one of which refuses or is gone: both clients find the other. */
class SeveralBrokersTests {

    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final int MESSAGES = 20;

    @Test
    void whatOneCannotTakeIsTakenByTheOther(@TempDir(cleanup = CleanupMode.NEVER) Path directory) throws Exception {
        EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(directory)
                .withMode(BrokerMode.PROCESSES)
                .withBrokers(2)
                .withTopics(TopicDeclaration.normal("plain"), TopicDeclaration.fifo("sorted"));
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                RocketMqTransport grpc = new RocketMqConnection(
                        RocketMqSettings.at(broker.endpoints()).withRequestTimeout(Duration.ofSeconds(15)));
                RocketMqTransport remoting = new RemotingConnection(
                        RemotingSettings.at(broker.nameServer()).withRequestTimeout(Duration.ofSeconds(15)))) {
            broker.faults().ofBroker(0).fillDisk();
            eachIsStored(grpc, "plain", null);
            eachIsStored(remoting, "plain", null);

            broker.faults().ofBroker(1).fillDisk();
            assertThat(send(grpc, "plain", null)).isNotInstanceOf(SendOutcome.Stored.class);
            assertThat(send(remoting, "plain", null)).isNotInstanceOf(SendOutcome.Stored.class);
            broker.faults().freeDisk();

            broker.faults().ofBroker(0).kill(BrokerPart.MASTER);
            eachIsStored(grpc, "plain", null);
            eachIsStored(remoting, "plain", null);
            // the queues of the other are all that there are now
            eachIsStored(grpc, "sorted", "key ");
            eachIsStored(remoting, "sorted", "key ");
        }
    }

    /** As a relay sends: again, until it is. */
    private static void eachIsStored(RocketMqTransport transport, String topic, String keys) {
        for (int i = 0; i < MESSAGES; i++) {
            String key = keys == null ? null : keys + i;
            await().atMost(WITHIN).until(() -> send(transport, topic, key) instanceof SendOutcome.Stored);
        }
    }

    private static SendOutcome send(RocketMqTransport transport, String topic, String orderingKey) throws Exception {
        OutgoingMessage message = TextMessage.of(topic, orderingKey, "x");
        return transport.sender().send(message).toCompletableFuture().get(WITHIN.toSeconds(), TimeUnit.SECONDS);
    }
}
