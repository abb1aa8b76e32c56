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
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.rocketmq.wire.RocketMqMessageRules;
import io.reliablemq.rocketmq.wire.RocketMqStatus;
import io.reliablemq.transport.TransportContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract on Apache RocketMQ itself, through its classic client. */
@Execution(ExecutionMode.CONCURRENT)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RemotingTransportTests extends TransportContract {

    private static final AtomicInteger names = new AtomicInteger();

    private static EmbeddedBroker broker;
    private static RemotingConnection connection;
    private static DefaultMQProducer foreign;

    @BeforeAll
    static void start(@TempDir(cleanup = CleanupMode.NEVER) Path directory) throws Exception {
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory));
        // the tests start at once, on a slow machine
        connection = new RemotingConnection(
                RemotingSettings.at(broker.nameServer()).withRequestTimeout(Duration.ofSeconds(15)));
        foreign = new DefaultMQProducer("foreign");
        foreign.setNamesrvAddr(broker.nameServer());
        foreign.setInstanceName("foreign");
        foreign.start();
    }

    @AfterAll
    static void stop() {
        foreign.shutdown();
        connection.close();
        broker.close();
    }

    @Test
    @Order(1) // the longest
    void findsABrokerThatComesBack(@TempDir(cleanup = CleanupMode.NEVER) Path directory) throws Exception {
        int port = freePort();
        EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(directory)
                .withNameServerPort(port)
                .withTopics(TopicDeclaration.normal("healed"))
                .withGroups(GroupDeclaration.concurrent("healed-group"));
        Subscription subscription = new Subscription("healed", "healed-group", "*", false, false);
        RemotingSettings soon = RemotingSettings.at("127.0.0.1:" + port).withRouteRefresh(Duration.ofMillis(500));
        try (RemotingConnection late = new RemotingConnection(soon)) {
            assertThat(join(late.sender().send(message("healed", "too early"))))
                    .isInstanceOf(SendOutcome.Unknown.class);
            assertThat(late.status().state()).isEqualTo(RocketMqStatus.State.UNREACHABLE);

            try (EmbeddedBroker appeared = EmbeddedBroker.start(settings)) {
                sendUntilStored(late);
                assertThat(late.status().reachable()).isTrue();
                MessageReceiver receiver = late.receivers().open(subscription);
                assertThat(receiveOne(receiver)).isNotNull();

                appeared.close();
                await().untilAsserted(() -> assertThatThrownBy(() -> receiver.receive(1, Duration.ofSeconds(10)))
                        .isInstanceOf(ReceiverUnavailableException.class));

                try (EmbeddedBroker again = EmbeddedBroker.start(settings)) {
                    sendUntilStored(late);
                    assertThat(receiveWhenBack(receiver)).isNotEmpty();
                }
            }
        }
    }

    private static void sendUntilStored(RemotingConnection connection) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> join(connection.sender().send(message("healed", "x"))) instanceof SendOutcome.Stored);
    }

    private static List<ReceivedMessage> receiveWhenBack(MessageReceiver receiver) {
        return await().atMost(Duration.ofSeconds(40))
                .ignoreExceptionsInstanceOf(ReceiverUnavailableException.class)
                .until(() -> receiver.receive(1, Duration.ofSeconds(10)), received -> !received.isEmpty());
    }

    @Test
    void givesUpOnAServerThatNeverAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RemotingSettings settings =
                    RemotingSettings.at("127.0.0.1:" + silent.getLocalPort()).withRequestTimeout(Duration.ofSeconds(1));
            try (RemotingConnection mute = new RemotingConnection(settings)) {
                assertThat(mute.sender().answersWithin()).isEqualTo(Duration.ofSeconds(6));

                assertThat(mute.sender().send(message("any", "x")))
                        .succeedsWithin(Duration.ofSeconds(8))
                        .isInstanceOf(SendOutcome.Unknown.class);
            }
        }
    }

    @Test
    void doesNotSendAfterItWasClosed() {
        RemotingConnection closed = new RemotingConnection(RemotingSettings.at(broker.nameServer()));
        closed.close();

        assertThat(join(closed.sender().send(message("any", "x")))).isInstanceOf(SendOutcome.Unknown.class);
    }

    @Test
    void answersWhatIsUnderWayWhenItIsClosed() {
        String topic = createTopic(Kind.UNORDERED);
        RemotingConnection closing = new RemotingConnection(RemotingSettings.at(broker.nameServer()));
        List<CompletableFuture<SendOutcome>> outcomes = IntStream.range(0, 500)
                .mapToObj(i -> closing.sender().send(message(topic, "x")).toCompletableFuture())
                .toList();

        closing.close();

        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isCompleted());
    }

    @Test
    void acceptsABodyOfExactlyTheLimit() {
        var message = message(createTopic(Kind.UNORDERED), "x".repeat(RocketMqMessageRules.MAX_BODY));

        connection.rules().check(message);
        assertStored(message);
    }

    /** The client refuses a batch with an empty message in it, as the broker does with one that is too large: as a whole. */
    @Test
    void refusesOnlyTheMessageThatIsToBlameForTheRefusalOfItsBatch() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        List<OutgoingMessage> sent = new ArrayList<>();
        IntStream.range(0, 100).forEach(i -> sent.add(message(topic, i == 42 ? "" : Integer.toString(i))));

        List<SendOutcome> outcomes = sendTogether(sent);

        assertThat(outcomes.get(42))
                .isInstanceOfSatisfying(SendOutcome.Refused.class, refused -> assertThat(refused.reason())
                        .isEqualTo(SendOutcome.Reason.ILLEGAL_MESSAGE));
        assertThat(outcomes.stream().filter(SendOutcome.Stored.class::isInstance))
                .hasSize(99);
        assertThat(receive(open(topic), 99)).extracting(ReceivedMessage::id).doesNotHaveDuplicates();
    }

    private List<SendOutcome> sendTogether(List<OutgoingMessage> messages) {
        List<CompletableFuture<SendOutcome>> outcomes = messages.stream()
                .map(message -> sender().send(message).toCompletableFuture())
                .toList();
        return outcomes.stream().map(TransportContract::join).toList();
    }

    @Test
    void keepsTheDelayOfMessagesThatAreSentTogether() throws Exception {
        String topic = createTopic(Kind.DELAYED);
        long due = System.currentTimeMillis() + 3_000;
        List<OutgoingMessage> sent = IntStream.range(0, 20)
                .mapToObj(i -> message(topic, Integer.toString(i)).withDeliverAt(due))
                .toList();

        assertThat(sendTogether(sent))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(SendOutcome.Stored.class));
        MessageReceiver receiver = open(topic);
        assertThat(receive(receiver, 20)).hasSize(20);
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(due);
    }

    /** The embedded broker asks for no credentials; a namespace is part of the names that it sees. */
    @Test
    void signsRequestsAndPutsTheNamespaceBeforeNames() throws Exception {
        broker.createTopic(TopicDeclaration.normal("tenant%orders"));
        broker.createTopic(new TopicDeclaration("tenant%sorted", TopicType.FIFO, 4));
        broker.createGroup(GroupDeclaration.concurrent("tenant%group"));
        broker.createGroup(GroupDeclaration.fifo("tenant%in-turn"));
        RemotingSettings settings = RemotingSettings.at(broker.nameServer())
                .withRequestTimeout(Duration.ofSeconds(15))
                .withNamespace("tenant")
                .withCredentials("an-access-key", "a-secret-key");
        try (RemotingConnection tenant = new RemotingConnection(settings)) {
            assertThat(join(tenant.sender().send(message("orders", "x")))).isInstanceOf(SendOutcome.Stored.class);
            assertThat(join(tenant.sender().send(ordered("sorted")))).isInstanceOf(SendOutcome.Stored.class);

            ReceivedMessage plain =
                    receiveOne(tenant.receivers().open(new Subscription("orders", "group", "*", false, false)));
            ReceivedMessage sorted =
                    receiveOne(tenant.receivers().open(new Subscription("sorted", "in-turn", "*", false, true)));
            assertThat(plain.topic()).isEqualTo("orders");
            assertThat(sorted.orderingKey()).isEqualTo("key");
        }
    }

    private static OutgoingMessage ordered(String topic) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                topic,
                null,
                null,
                "key",
                "text/plain",
                "x".getBytes(UTF_8),
                Map.of(),
                System.currentTimeMillis(),
                0);
    }

    @Test
    void encryptsWhenItIsToBe() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RemotingSettings settings =
                    RemotingSettings.at("127.0.0.1:" + server.getLocalPort()).withRequestTimeout(Duration.ofSeconds(5));
            assertThat(firstByte(server, settings.withTls(true))).isEqualTo(0x16); // a TLS handshake
            assertThat(firstByte(server, settings)).isZero(); // of the length of a frame
        }
    }

    private static int firstByte(ServerSocket server, RemotingSettings settings) throws Exception {
        try (RemotingConnection connection = new RemotingConnection(settings)) {
            CompletableFuture<SendOutcome> unused =
                    connection.sender().send(message("any", "x")).toCompletableFuture();
            try (Socket socket = server.accept()) {
                return socket.getInputStream().read();
            }
        }
    }

    @Test
    void readsWhatTheClientOfOthersHasCompressed() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        String body = "compressible ".repeat(1_000);

        publishForeign(topic, body);

        assertThat(text(receiveOne(open(topic)))).isEqualTo(body);
    }

    /** Its client keeps the id that it has once given to an object. */
    @Test
    void tellsApartWhatAForeignProducerSendsAgainAsTheSameObject() throws Exception {
        String topic = createTopic(Kind.UNORDERED);
        Message same = new Message(topic, "same".getBytes(UTF_8));
        foreign.send(same);
        long sent = System.currentTimeMillis();
        await().until(() -> System.currentTimeMillis() > sent);
        foreign.send(same);

        assertThat(receive(open(topic), 2))
                .extracting(ReceivedMessage::storedId)
                .doesNotContainNull()
                .doesNotHaveDuplicates();
    }

    @Test
    void namesTheCommandThatMakesATopicOrGroupFit() {
        String plain = createTopic(Kind.UNORDERED);
        String fifo = createTopic(Kind.ORDERED);
        String concurrent = createGroup(false);

        assertThatThrownBy(() ->
                        connection.receivers().verify(new Subscription(plain, createGroup(true), "*", false, true)))
                .hasMessageContaining("-t " + plain + " -a +message.type=FIFO");
        assertThatThrownBy(() -> connection.receivers().verify(new Subscription(fifo, concurrent, "*", false, true)))
                .hasMessageContaining("-g " + concurrent + " -o true");
    }

    @Test
    void waitsForATopicOrGroupThatDoesNotExist() {
        assertThatThrownBy(() -> connection
                        .receivers()
                        .open(new Subscription(createTopic(Kind.ORDERED), "nobody-created-this", "*", false, true)))
                .isInstanceOf(ReceiverUnavailableException.class)
                .hasMessageContaining("-g nobody-created-this");
        assertThatThrownBy(() -> connection
                        .receivers()
                        .open(new Subscription("nobody-created-this", createGroup(true), "*", false, true)))
                .isInstanceOf(ReceiverUnavailableException.class)
                .hasMessageContaining("create the topic");
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected MessageSender sender() {
        return connection.sender();
    }

    @Override
    protected MessageReceiverFactory receivers() {
        return connection.receivers();
    }

    @Override
    protected String createTopic(Kind kind) {
        String name = "topic-" + names.incrementAndGet();
        TopicType type =
                switch (kind) {
                    case UNORDERED -> TopicType.NORMAL;
                    case ORDERED -> TopicType.FIFO;
                    case DELAYED -> TopicType.DELAY;
                };
        broker.createTopic(new TopicDeclaration(name, type, 4));
        return name;
    }

    @Override
    protected String createGroup(boolean ordered) {
        String name = "group-" + names.incrementAndGet();
        broker.createGroup(ordered ? GroupDeclaration.fifo(name) : GroupDeclaration.concurrent(name));
        return name;
    }

    @Override
    protected Away away() {
        RemotingConnection away = new RemotingConnection(RemotingSettings.at("127.0.0.1:" + freePort()));
        return new Away() {
            @Override
            public MessageSender sender() {
                return away.sender();
            }

            @Override
            public MessageReceiverFactory receivers() {
                return away.receivers();
            }

            @Override
            public void close() {
                away.close();
            }
        };
    }

    @Override
    protected void publishForeign(String topic, String body) throws Exception {
        foreign.send(new Message(topic, body.getBytes(UTF_8)));
    }

    @Override
    protected Duration shortestInvisible() {
        return RemotingReceiver.LEAST_INVISIBLE;
    }

    /** The broker revives about once a second and looks back 1 s; the machine of the tests is slow. */
    @Override
    protected Duration redeliveryLatency() {
        return Duration.ofSeconds(6);
    }
}
