package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import io.reliablemq.rocketmq.wire.RocketMqStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyRemotingClient;
import org.apache.rocketmq.remoting.netty.TlsSystemConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.header.namesrv.PutKVConfigRequestHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a cluster limits, checks and encrypts, a topic that gets more queues, and a relay that dies beside it. */
class RemotingClusterTests {

    private static final Subscription GUARDED =
            new Subscription(SecuredCluster.TOPIC, SecuredCluster.GROUP, "*", false, false);

    private static EmbeddedBroker broker;
    private static SecuredCluster secured;
    private static ServerCertificate certificate;
    private static ServerCertificate another;

    @BeforeAll
    static void start(@TempDir(cleanup = CleanupMode.NEVER) Path directory) throws Exception {
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory.resolve("embedded"))
                .withTopics(TopicDeclaration.fifo("growing"))
                .withGroups(GroupDeclaration.fifo("of-growing")));
        certificate = ServerCertificate.create(directory, "servers");
        another = ServerCertificate.create(directory, "others");
        secured = SecuredCluster.start(directory, broker, certificate);
    }

    @AfterAll
    static void stop() throws Exception {
        if (secured != null) {
            secured.close();
        }
        broker.close();
    }

    @AfterEach
    void trustAnyCertificate() {
        TlsSystemConfig.tlsTestModeEnable = true;
        TlsSystemConfig.tlsClientAuthServer = false;
        TlsSystemConfig.tlsClientTrustCertPath = null;
    }

    /** One by one they would be stored, too: so they wait until the adapter puts all of them together. */
    @Test
    void storesWhatTheBrokerTakesOnlyInSmallerBatches() throws Exception {
        List<PendingSend> all = IntStream.range(0, 64)
                .mapToObj(
                        i -> new PendingSend(message(SecuredCluster.TOPIC, "x".repeat(SecuredCluster.MOST_BYTES / 32))))
                .toList();
        Lane lane = new Lane(null, 1, BatchSettings.DEFAULT);
        all.forEach(lane::add);
        List<Integer> sizes = new ArrayList<>();
        ClassicProducer producer = new ClassicProducer(asAdministrator());
        try {
            while (!lane.isIdle()) {
                lane.flush(SecuredCluster.TOPIC, (from, batch) -> {
                    sizes.add(batch.size());
                    CompletableFuture<Answer> answer = new CompletableFuture<>();
                    producer.send(batch, answer::complete);
                    from.answered(
                            batch,
                            answer.orTimeout(120, TimeUnit.SECONDS).join().outcome());
                });
            }
        } finally {
            producer.close();
        }

        assertThat(sizes).as("%s", all.get(0).outcome.join()).containsExactly(64, 32, 32, 16, 16, 16, 16);
        assertThat(all).allMatch(pending -> pending.outcome.join() instanceof SendOutcome.Stored);
    }

    @Test
    void movesAKeyWhenTheOrderConfigurationDoesAndNotWhenQueuesAreAdded() throws Exception {
        try (RemotingConnection connection =
                        new RemotingConnection(settings(broker).withRouteRefresh(Duration.ofMillis(100)));
                SentInTurn sent = new SentInTurn(connection.sender(), "growing", 40);
                MessageReceiver receiver =
                        connection.receivers().open(new Subscription("growing", "of-growing", "*", false, true))) {
            sent.start();
            sent.receiveUntil(receiver, sent::everyKeyHasComeAgain);
            assertThat(sent.queues()).containsExactlyInAnyOrder(0, 1, 2, 3);

            broker.createTopic(new TopicDeclaration("growing", TopicType.FIFO, 9));
            sent.receiveUntil(receiver, sent::everyKeyHasComeAgain);
            sent.receiveUntil(receiver, sent::everyKeyHasComeAgain);
            assertThat(sent.queues()).containsExactlyInAnyOrder(0, 1, 2, 3);

            changeOrder("growing", "embedded:9");
            sent.receiveUntil(receiver, () -> sent.queues().size() > 5);
            sent.receiveUntil(receiver, sent::everyKeyHasComeAgain);
            sent.stop();
            sent.receiveUntil(receiver, sent::isAllReceived);

            sent.assertThatKeysHaveMovedOnceAndInOrder();
        }
    }

    /** As {@code mqadmin updateOrderConf} does. */
    private static void changeOrder(String topic, String queues) throws Exception {
        PutKVConfigRequestHeader change = new PutKVConfigRequestHeader();
        change.setNamespace("ORDER_TOPIC_CONFIG");
        change.setKey(topic);
        change.setValue(queues);
        NettyRemotingClient client = new NettyRemotingClient(new NettyClientConfig());
        client.start();
        try {
            RemotingCommand answer = client.invokeSync(
                    broker.nameServer(),
                    RemotingCommand.createRequestCommand(RequestCode.PUT_KV_CONFIG, change),
                    TimeUnit.SECONDS.toMillis(30));
            assertThat(answer.getCode()).isZero();
        } finally {
            client.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource
    void losesNothingAndKeepsTheOrderOfKeysWhenTheRelayDies(CrashingRelay.Point point, @TempDir Path folder)
            throws Exception {
        String topic = "crash-" + point.ordinal();
        broker.createTopic(new TopicDeclaration(topic, TopicType.FIFO, 1));
        broker.createGroup(GroupDeclaration.fifo("of-" + topic));
        CrashedOutbox outbox = CrashedOutbox.create(folder, topic);

        outbox.dieAt(point, broker.nameServer());
        long storedBefore = stored(topic);
        Map<String, List<String>> read;
        try (RemotingConnection connection = new RemotingConnection(settings(broker))) {
            outbox.drainThrough(connection.sender());
            int all = (int) stored(topic);
            read = firstOccurrences(receive(connection, new Subscription(topic, "of-" + topic, "*", false, true), all));
        }

        if (point == CrashingRelay.Point.BETWEEN_HALVES) {
            assertThat(storedBefore).isBetween(1L, CrashedOutbox.KEYS - 1L);
        }
        List<String> inOrder = IntStream.range(0, CrashedOutbox.EACH)
                .mapToObj(Integer::toString)
                .toList();
        assertThat(read).hasSize(CrashedOutbox.KEYS - 1).doesNotContainKey("key " + CrashedOutbox.POISONED);
        assertThat(read.values()).allSatisfy(bodies -> assertThat(bodies).isEqualTo(inOrder));
    }

    /** Messages of a topic with one queue, repetitions among them. */
    private static long stored(String topic) throws Exception {
        Cluster cluster = new Cluster(settings(broker));
        try {
            TopicRoute route = cluster.route(topic);
            return cluster.api()
                    .getMaxOffset(route.anyBroker(), route.writable().get(0), cluster.timeout());
        } finally {
            cluster.close();
        }
    }

    /** Of each key; what comes again is dropped by dedup. */
    private static Map<String, List<String>> firstOccurrences(List<ReceivedMessage> received) {
        Map<String, List<String>> bodies = new HashMap<>();
        Set<String> seen = new HashSet<>();
        received.stream().filter(message -> seen.add(message.id())).forEach(message -> bodies.computeIfAbsent(
                        message.orderingKey(), key -> new ArrayList<>())
                .add(new String(message.payload(), UTF_8)));
        return bodies;
    }

    @Test
    void sendsAndReceivesWithTheRightCredentials() throws Exception {
        try (RemotingConnection admitted = new RemotingConnection(asAdministrator())) {
            OutgoingMessage message = message(SecuredCluster.TOPIC, "x");
            assertThat(send(admitted, message)).isInstanceOf(SendOutcome.Stored.class);

            List<String> received = new ArrayList<>();
            await().atMost(Duration.ofSeconds(120)).until(() -> {
                receive(admitted, GUARDED, 1).forEach(each -> received.add(each.id()));
                return received.contains(message.id().toString());
            });
        }
    }

    @Test
    void isRefusedWithWrongOrWithoutCredentialsAndSaysSo() throws Exception {
        secured.createUser("somebody", "who-may-nothing");
        for (RemotingSettings stranger : List.of(
                secured.settings(),
                secured.settings().withCredentials(SecuredCluster.ADMIN, "not-the-secret"),
                secured.settings().withCredentials("nobody", SecuredCluster.SECRET),
                secured.settings().withCredentials("somebody", "who-may-nothing"))) {
            try (RemotingConnection refused = new RemotingConnection(stranger)) {
                assertThat(send(refused, message(SecuredCluster.TOPIC, "x")))
                        .isInstanceOfSatisfying(SendOutcome.Refused.class, outcome -> {
                            assertThat(outcome.reason()).isEqualTo(Reason.ACCESS_DENIED);
                            assertThat(outcome.detail())
                                    .isNotBlank()
                                    .doesNotContain(SecuredCluster.SECRET, "not-the-secret");
                        });
                assertThatThrownBy(() -> receive(refused, GUARDED, 1))
                        .isInstanceOf(ReceiverUnavailableException.class)
                        .hasMessageContaining("check the credentials")
                        .hasMessageNotContainingAny(SecuredCluster.SECRET, "not-the-secret");
                assertThat(refused.status().reachable()).isTrue();
            }
        }
    }

    @Test
    void encryptsAndTrustsAnyCertificateByDefault() throws Exception {
        try (RemotingConnection encrypted =
                new RemotingConnection(asAdministrator().withTls(true))) {
            assertThat(send(encrypted, message(SecuredCluster.TOPIC, "x"))).isInstanceOf(SendOutcome.Stored.class);
        }
    }

    @Test
    void verifiesTheCertificateWhenItIsToldTo() throws Exception {
        verifyServersBy(certificate);
        try (RemotingConnection encrypted =
                new RemotingConnection(asAdministrator().withTls(true))) {
            assertThat(send(encrypted, message(SecuredCluster.TOPIC, "x"))).isInstanceOf(SendOutcome.Stored.class);
        }

        verifyServersBy(another);
        try (RemotingConnection encrypted =
                new RemotingConnection(asAdministrator().withTls(true))) {
            assertThat(send(encrypted, message(SecuredCluster.TOPIC, "x"))).isInstanceOf(SendOutcome.Unknown.class);
            assertThatThrownBy(() -> receive(encrypted, GUARDED, 1)).isInstanceOf(ReceiverUnavailableException.class);
            assertThat(encrypted.status().state()).isEqualTo(RocketMqStatus.State.UNREACHABLE);
        }
    }

    /** As the system properties do at the start of a JVM; Netty's is in the pom. */
    private static void verifyServersBy(ServerCertificate trusted) {
        TlsSystemConfig.tlsTestModeEnable = false;
        TlsSystemConfig.tlsClientAuthServer = true;
        TlsSystemConfig.tlsClientTrustCertPath = trusted.certificate().toString();
    }

    private static RemotingSettings asAdministrator() {
        return secured.settings().withCredentials(SecuredCluster.ADMIN, SecuredCluster.SECRET);
    }

    private static RemotingSettings settings(EmbeddedBroker broker) {
        return RemotingSettings.at(broker.nameServer()).withRequestTimeout(Duration.ofSeconds(15));
    }

    private static SendOutcome send(RemotingConnection through, OutgoingMessage message) throws Exception {
        return through.sender().send(message).toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    private static List<ReceivedMessage> receive(RemotingConnection through, Subscription subscription, int count)
            throws Exception {
        List<ReceivedMessage> received = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        try (MessageReceiver receiver = through.receivers().open(subscription)) {
            while (received.size() < count && System.nanoTime() - deadline < 0) {
                for (ReceivedMessage message : receiver.receive(32, Duration.ofMinutes(5))) {
                    received.add(message);
                    receiver.acknowledge(message).toCompletableFuture().get(60, TimeUnit.SECONDS);
                }
            }
        }
        return received;
    }

    private static OutgoingMessage message(String topic, String body) {
        return TextMessage.of(topic, null, body);
    }
}
