package io.reliablemq.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.autoconfigure.RecordingProxy.Call;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.journey.RemotingClient;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.rocketmq.RocketMqSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

/** The properties of the connection to the broker and of the embedded one, by what they change. */
class BrokerPropertiesTests {

    private static final Subscription ORDERED = new Subscription("sorted", "in-turn", "*", false, true);

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(EmbeddedBrokerAutoConfiguration.class, RocketMqAutoConfiguration.class));

    @Test
    void eachPropertyOfTheStarterIsChangedInATest() throws IOException {
        assertThat(PropertiesInTests.missing()).isEmpty();
    }

    @Test
    void theBrokerIsCalledInTheNameAndWithTheTimeThatIsConfigured() throws Exception {
        try (RecordingProxy proxy = new RecordingProxy()) {
            String endpoints = "reliable-mq.rocketmq.endpoints=" + proxy.endpoints();
            application
                    .withPropertyValues(
                            endpoints,
                            "reliable-mq.rocketmq.namespace=tenant",
                            "reliable-mq.rocketmq.access-key=the-key",
                            "reliable-mq.rocketmq.secret-key=the-secret",
                            "reliable-mq.rocketmq.request-timeout=17s")
                    .run(context -> {
                        asks(context.getBean(MessageReceiverFactory.class));
                        isAsConfigured(proxy.call("QueryRoute"));
                        proxy.takeMessages();
                        isStored(message("orders", null), context.getBean(MessageSender.class));
                        isAsConfigured(proxy.call("SendMessage"));
                    });
        }
    }

    private static void isAsConfigured(Call call) throws Exception {
        assertThat(call.header("x-mq-namespace")).isEqualTo("tenant");
        assertThat(call.header("authorization"))
                .contains("Credential=the-key,")
                .endsWith("Signature=" + signature("the-secret", call.header("x-mq-date-time")));
        assertThat(call.left()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(17));
    }

    private static String signature(String secret, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA1"));
        return HexFormat.of().withUpperCase().formatHex(mac.doFinal(text.getBytes(UTF_8)));
    }

    private static void asks(MessageReceiverFactory receivers) {
        assertThatThrownBy(() -> receivers.open(new Subscription("orders", "group", "*", false, false)))
                .isInstanceOf(ReceiverUnavailableException.class);
    }

    @Test
    void theConnectionIsEncryptedWhenItIsToBe() throws Exception {
        String tls = "reliable-mq.rocketmq.tls=true";
        ContextConsumer<ApplicationContext> asks = context -> asks(context.getBean(MessageReceiverFactory.class));
        assertThat(firstByte(asks, tls)).isEqualTo(0x16); // a TLS handshake
        assertThat(firstByte(asks)).isEqualTo('P'); // PRI * HTTP/2.0
        ContextConsumer<ApplicationContext> sends =
                context -> assertThat(outcome(message("orders", null), context.getBean(MessageSender.class)))
                        .isInstanceOf(SendOutcome.Unknown.class);
        assertThat(firstByte(sends, tls)).isEqualTo(0x16);
        assertThat(firstByte(sends)).isEqualTo('P');
        String remoting = "reliable-mq.rocketmq.client=remoting";
        assertThat(firstByte(sends, remoting, tls)).isEqualTo(0x16);
        assertThat(firstByte(sends, remoting)).isZero(); // of the length of a frame
    }

    private int firstByte(ContextConsumer<ApplicationContext> caller, String... properties) throws Exception {
        CompletableFuture<Integer> first = new CompletableFuture<>();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread reader = new Thread(() -> {
                try {
                    int read = -1;
                    while (read < 0) { // a probe closes without a word
                        read = firstByte(server);
                    }
                    first.complete(read);
                } catch (IOException e) {
                    first.completeExceptionally(e);
                }
            });
            reader.start();
            application
                    .withPropertyValues(
                            "reliable-mq.rocketmq.endpoints=127.0.0.1:" + server.getLocalPort(),
                            "reliable-mq.rocketmq.name-server=127.0.0.1:" + server.getLocalPort())
                    .withPropertyValues(properties)
                    .run(caller::accept);
            return first.get(20, TimeUnit.SECONDS);
        }
    }

    private static int firstByte(ServerSocket server) throws IOException {
        try (Socket socket = server.accept()) {
            return socket.getInputStream().read();
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void theEmbeddedBrokerIsWhatItIsConfiguredToBe(
            @TempDir(cleanup = CleanupMode.NEVER) Path folder, CapturedOutput output) throws Exception {
        Path data = folder.resolve("data");
        int port = freePort();
        int nameServer = freePort();
        application
                .withPropertyValues(
                        "reliable-mq.broker.embedded.enabled=true",
                        "spring.profiles.active=test,Production",
                        "reliable-mq.broker.embedded.mode=processes",
                        "reliable-mq.broker.embedded.replicas=2",
                        "reliable-mq.broker.embedded.data-directory=" + data,
                        "reliable-mq.broker.embedded.port=" + port,
                        "reliable-mq.broker.embedded.name-server-port=" + nameServer,
                        "reliable-mq.broker.embedded.file-reserved-time=48h",
                        "reliable-mq.broker.embedded.delete-when=3,15",
                        "reliable-mq.broker.embedded.disk-max-used-space-ratio=70",
                        "reliable-mq.broker.embedded.disk-space-warning-level-ratio=80",
                        "reliable-mq.broker.embedded.topics[0].name=sorted",
                        "reliable-mq.broker.embedded.topics[0].type=fifo",
                        "reliable-mq.broker.embedded.topics[0].queues=1",
                        "reliable-mq.broker.embedded.groups[0].name=in-turn",
                        "reliable-mq.broker.embedded.groups[0].fifo=true",
                        "reliable-mq.rocketmq.request-timeout=15s",
                        "reliable-mq.rocketmq.await-duration=1s")
                .run(context -> {
                    EmbeddedBroker broker = context.getBean(EmbeddedBroker.class);
                    assertThat(output)
                            .contains("the profile 'Production' is active")
                            .doesNotContain("profile 'test'");
                    assertThat(broker.endpoints()).endsWith(":" + port);
                    listens(port);
                    listens(nameServer);
                    // name server with proxy, and two brokers
                    assertThat(javaChildren()).isEqualTo(3);
                    assertThat(data.resolve("broker-0")).isDirectory();
                    assertThat(data.resolve("broker-1")).isDirectory();
                    takesOrderedMessagesInOneQueue(context.getBean(MessageSender.class), data);
                    hasAGroupInTurn(broker);
                    keepsAndDeletesAsConfigured(broker, data);
                    waitsForMessagesAsLongAsItIsTo(context.getBean(MessageReceiverFactory.class));
                });
    }

    @Test
    void asManyBrokersStartAsAreConfigured(@TempDir(cleanup = CleanupMode.NEVER) Path folder) {
        application
                .withPropertyValues(
                        "reliable-mq.broker.embedded.enabled=true",
                        "reliable-mq.broker.embedded.brokers=2",
                        "reliable-mq.broker.embedded.data-directory=" + folder,
                        "reliable-mq.broker.embedded.topics[0].name=shared",
                        "reliable-mq.rocketmq.request-timeout=15s")
                .run(context -> ListenerApplication.until(() -> {
                    outcome(message("shared", null), context.getBean(MessageSender.class));
                    return !queues(folder.resolve("broker-0"), "shared").isEmpty()
                            && !queues(folder.resolve("group-1-broker-0"), "shared")
                                    .isEmpty();
                }));
    }

    @Test
    void moreBrokersThanThereCanBeAreRefused() {
        application
                .withPropertyValues("reliable-mq.broker.embedded.enabled=true", "reliable-mq.broker.embedded.brokers=9")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(
                                "The embedded broker is not configured correctly: brokers is 9: use 1 to 4"));
    }

    private static void listens(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    private static void takesOrderedMessagesInOneQueue(MessageSender sender, Path data) throws Exception {
        for (int key = 0; key < 8; key++) {
            isStored(message("sorted", "key " + key), sender);
        }
        Path broker = data.resolve("broker-0");
        ListenerApplication.until(() -> !queues(broker, "sorted").isEmpty());
        assertThat(queues(broker, "sorted")).containsExactly("0");
    }

    private static void isStored(OutgoingMessage message, MessageSender sender) throws Exception {
        assertThat(outcome(message, sender)).isInstanceOf(SendOutcome.Stored.class);
    }

    private static SendOutcome outcome(OutgoingMessage message, MessageSender sender) throws Exception {
        return sender.send(message).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static OutgoingMessage message(String topic, String orderingKey) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                topic,
                null,
                null,
                orderingKey,
                "text/plain",
                "text".getBytes(UTF_8),
                Map.of(),
                System.currentTimeMillis(),
                0);
    }

    private static List<String> queues(Path broker, String topic) throws IOException {
        Path folder = broker.resolve("consumequeue").resolve(topic);
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> queues = Files.list(folder)) {
            return queues.map(queue -> queue.getFileName().toString().toLowerCase(Locale.ROOT))
                    .toList();
        }
    }

    /** By another connection: the application's own creates the groups that it needs. */
    private static void hasAGroupInTurn(EmbeddedBroker broker) {
        try (RocketMqConnection other = new RocketMqConnection(RocketMqSettings.at(broker.endpoints()))) {
            other.receivers().verify(ORDERED);
        }
    }

    private static void keepsAndDeletesAsConfigured(EmbeddedBroker broker, Path data) throws Exception {
        Properties ports = new Properties();
        try (InputStream in = Files.newInputStream(data.resolve("ports.properties"))) {
            ports.load(in);
        }
        try (RemotingClient client = new RemotingClient(broker)) {
            for (String name : List.of("broker-0", "broker-1")) {
                assertThat(client.brokerConfig("127.0.0.1:" + ports.getProperty(name)))
                        .containsEntry("fileReservedTime", "48")
                        .containsEntry("deleteWhen", "03;15")
                        .containsEntry("diskMaxUsedSpaceRatio", "70")
                        .containsEntry("diskSpaceWarningLevelRatio", "80");
            }
        }
    }

    private static void waitsForMessagesAsLongAsItIsTo(MessageReceiverFactory receivers) throws Exception {
        try (MessageReceiver receiver = receivers.open(ORDERED)) {
            assertThat(receiver.receive(32, Duration.ofSeconds(30))).isNotEmpty();
            // its queue is held now
            long start = System.nanoTime();
            assertThat(receiver.receive(32, Duration.ofSeconds(30))).isEmpty();
            // 5 s by default
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(4_500));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Without the database servers of other tests. */
    private static long javaChildren() {
        return ProcessHandle.current()
                .children()
                .filter(ProcessHandle::isAlive)
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .count();
    }
}
