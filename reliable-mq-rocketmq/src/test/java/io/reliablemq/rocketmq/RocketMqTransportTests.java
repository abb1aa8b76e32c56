package io.reliablemq.rocketmq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.rocketmq.wire.RocketMqMessageRules;
import io.reliablemq.rocketmq.wire.RocketMqStatus;
import io.reliablemq.transport.TransportContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.jspecify.annotations.Nullable;
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

/** The contract on Apache RocketMQ itself, and what is peculiar to it. */
@Execution(ExecutionMode.CONCURRENT)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RocketMqTransportTests extends TransportContract {

    private static final AtomicInteger names = new AtomicInteger();

    private static EmbeddedBroker broker;
    private static RocketMqConnection connection;
    private static Producer foreign;

    @BeforeAll
    static void start(@TempDir(cleanup = CleanupMode.NEVER) Path directory) throws Exception {
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory));
        // the tests start at once, on a slow machine
        connection = new RocketMqConnection(
                RocketMqSettings.at(broker.endpoints()).withRequestTimeout(Duration.ofSeconds(15)));
        broker.createTopic(TopicDeclaration.normal("healed"));
        sendUntilStored(connection);
        foreign = Clients.provider()
                .newProducerBuilder()
                .setClientConfiguration(ClientConfiguration.newBuilder()
                        .setEndpoints(broker.endpoints())
                        .enableSsl(false)
                        .setRequestTimeout(Duration.ofSeconds(15))
                        .build())
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        foreign.close();
        connection.close();
        broker.close();
    }

    @Test
    @Order(1) // the longest
    void findsABrokerThatComesBack(@TempDir(cleanup = CleanupMode.NEVER) Path directory) throws Exception {
        int port = freePort();
        EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(directory)
                .withProxyPort(port)
                .withTopics(TopicDeclaration.normal("healed"))
                .withGroups(GroupDeclaration.concurrent("healed-group"));
        Subscription subscription = new Subscription("healed", "healed-group", "*", false, false);
        try (RocketMqConnection late = new RocketMqConnection(RocketMqSettings.at("127.0.0.1:" + port))) {
            assertThat(join(late.sender().send(message("healed", "too early"))))
                    .isInstanceOf(SendOutcome.Unknown.class);
            assertThat(late.status().reachable()).isFalse();

            try (EmbeddedBroker appeared = EmbeddedBroker.start(settings)) {
                sendUntilStored(late);
                assertThat(late.status().reachable()).isTrue();
                MessageReceiver receiver = late.receivers().open(subscription);
                assertThat(receiveOne(receiver)).isNotNull();

                appeared.close();
                assertUnavailable(receiver);

                try (EmbeddedBroker again = EmbeddedBroker.start(settings)) {
                    sendUntilStored(late);
                    assertThat(receiveWhenBack(receiver)).isNotNull();
                }
            }
        }
    }

    @Test
    void namesTheErrorAndTheTimeInItsStatus() throws Exception {
        try (RocketMqConnection nobody = new RocketMqConnection(RocketMqSettings.at("127.0.0.1:" + freePort()))) {
            assertThat(nobody.status().state()).isEqualTo(RocketMqStatus.State.UNKNOWN);

            join(nobody.sender().send(message("any", "x")));

            assertThat(nobody.status().state()).isEqualTo(RocketMqStatus.State.UNREACHABLE);
            assertThat(nobody.status().lastError()).contains("UNAVAILABLE");
        }
    }

    @Test
    void givesUpOnAServerThatNeverAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RocketMqSettings settings =
                    RocketMqSettings.at("127.0.0.1:" + silent.getLocalPort()).withRequestTimeout(Duration.ofSeconds(1));
            RocketMqConnection mute = new RocketMqConnection(settings);
            assertThat(mute.sender().answersWithin()).isEqualTo(Duration.ofSeconds(7));

            assertThat(mute.sender()
                            .send(message("any", "x"))
                            .toCompletableFuture()
                            .get(2, TimeUnit.MINUTES))
                    .isInstanceOf(SendOutcome.Unknown.class);
            mute.close();
        }
    }

    @Test
    void doesNotSendAfterItWasClosed() {
        RocketMqConnection closed = new RocketMqConnection(RocketMqSettings.at(broker.endpoints()));
        closed.close();

        assertThat(join(closed.sender().send(message("any", "x")))).isInstanceOf(SendOutcome.Unknown.class);
    }

    @Test
    void acceptsABodyOfExactlyTheLimit() {
        var message = message(createTopic(Kind.UNORDERED), "x".repeat(RocketMqMessageRules.MAX_BODY));

        connection.rules().check(message);
        assertStored(message);
    }

    /**
     * The proxy moves a message that it is about to deliver for the retryMaxTimes + 2nd time, without being asked; the topic appears with
     * the first one, readable, and keeps all properties.
     */
    @Test
    void findsWhatTheBrokerGaveUpAmongItsDeadLetters() throws Exception {
        Subscription subscription = new Subscription(createTopic(Kind.UNORDERED), "given-up", "*", false, false);
        broker.createGroup(new GroupDeclaration("given-up", false, 1));
        Subscription dead = connection.receivers().deadLetters(subscription).orElseThrow();
        broker.createGroup(GroupDeclaration.concurrent(dead.group()));
        var sent = message(subscription.topic(), "poison");
        assertStored(sent);
        AtomicInteger deliveries = new AtomicInteger();
        try (MessageReceiver receiver = connection.receivers().open(subscription)) {
            ReceivedMessage drained = null;
            while (drained == null) {
                for (ReceivedMessage message : receiver.receive(1, Duration.ofSeconds(10))) {
                    deliveries.incrementAndGet();
                    receiver.postpone(message, Duration.ofSeconds(1))
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS);
                }
                drained = drained(dead);
            }
            assertThat(drained.id()).isEqualTo(sent.id().toString());
            assertThat(drained.payload()).isEqualTo(sent.payload());
            assertThat(drained.createdAtMs()).isEqualTo(sent.createdAtMs());
            assertThat(drained.headers()).isEqualTo(sent.headers());
        }
        assertThat(deliveries).hasValue(2);
    }

    private static @Nullable ReceivedMessage drained(Subscription dead) throws Exception {
        try (MessageReceiver receiver = connection.receivers().open(dead)) {
            for (ReceivedMessage message : receiver.receive(1, Duration.ofSeconds(10))) {
                receiver.acknowledge(message).toCompletableFuture().get(10, TimeUnit.SECONDS);
                return message;
            }
        } catch (ReceiverUnavailableException e) {
            assertThat(e).hasMessageContaining("40402");
        }
        return null;
    }

    @Test
    void namesTheCommandThatMakesATopicOrGroupFit() {
        String plain = createTopic(Kind.UNORDERED);
        String fifo = createTopic(Kind.ORDERED);
        String concurrent = createGroup(false);

        assertThatThrownBy(() ->
                        connection.receivers().verify(new Subscription(plain, createGroup(true), "*", false, true)))
                .hasMessageContaining("updateTopic")
                .hasMessageContaining("-t " + plain + " -a +message.type=FIFO")
                .hasMessageContaining("topics[].type=fifo");
        assertThatThrownBy(() -> connection.receivers().verify(new Subscription(fifo, concurrent, "*", false, true)))
                .hasMessageContaining("updateSubGroup")
                .hasMessageContaining("-g " + concurrent + " -o true")
                .hasMessageContaining("groups[].fifo=true");
    }

    @Test
    void remembersThatNobodyAnswersWhenASubscriptionIsVerified() throws Exception {
        Subscription ordered = new Subscription("any", "group", "*", false, true);
        try (RocketMqConnection nobody = new RocketMqConnection(RocketMqSettings.at("127.0.0.1:" + freePort()))) {
            assertThatThrownBy(() -> nobody.receivers().verify(ordered)).hasMessageContaining("Cannot ask");
            assertThat(nobody.status().state()).isEqualTo(RocketMqStatus.State.UNREACHABLE);
            assertThatThrownBy(() -> nobody.receivers().verify(ordered)).hasMessageContaining("does not answer");
        }
        assertThat(connection.status().reachable()).isTrue();
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

    private static void sendUntilStored(RocketMqConnection connection) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        SendOutcome outcome = join(connection.sender().send(message("healed", "x")));
        while (!(outcome instanceof SendOutcome.Stored) && System.nanoTime() < deadline) {
            Thread.sleep(200);
            outcome = join(connection.sender().send(message("healed", "x")));
        }
        assertThat(outcome).isInstanceOf(SendOutcome.Stored.class);
    }

    private static void assertUnavailable(MessageReceiver receiver) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < deadline) {
            try {
                receiver.receive(1, Duration.ofSeconds(10));
            } catch (ReceiverUnavailableException e) {
                return;
            }
        }
        throw new AssertionError("The receiver did not notice that the broker is away");
    }

    private static ReceivedMessage receiveWhenBack(MessageReceiver receiver) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < deadline) {
            try {
                for (ReceivedMessage message : receiver.receive(1, Duration.ofSeconds(10))) {
                    return message;
                }
            } catch (ReceiverUnavailableException e) {
                Thread.sleep(200);
            }
        }
        throw new AssertionError("The receiver did not find the broker again");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
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
        RocketMqConnection away;
        try {
            away = new RocketMqConnection(RocketMqSettings.at("127.0.0.1:" + freePort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        foreign.send(Clients.provider()
                .newMessageBuilder()
                .setTopic(topic)
                .setBody(body.getBytes(UTF_8))
                .build());
    }

    @Override
    protected Duration shortestInvisible() {
        return RocketMqMessageReceiver.LEAST_INVISIBLE;
    }

    /** The broker revives about once a second and looks back 1 s; the machine of the tests is slow. */
    @Override
    protected Duration redeliveryLatency() {
        return Duration.ofSeconds(6);
    }
}
