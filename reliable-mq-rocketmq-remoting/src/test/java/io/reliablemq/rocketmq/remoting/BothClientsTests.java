package io.reliablemq.rocketmq.remoting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.rocketmq.RocketMqSettings;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.rocketmq.remoting.protocol.header.ExtraInfoUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** An application can move from one client to the other while messages are under way. */
class BothClientsTests {

    private static final Duration INVISIBLE = Duration.ofMinutes(1);

    private static EmbeddedBroker broker;
    private static RocketMqTransport grpc;
    private static RocketMqTransport remoting;

    @BeforeAll
    static void start(@TempDir(cleanup = CleanupMode.NEVER) Path directory) {
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory));
        grpc = new RocketMqConnection(
                RocketMqSettings.at(broker.endpoints()).withRequestTimeout(Duration.ofSeconds(15)));
        remoting = new RemotingConnection(
                RemotingSettings.at(broker.nameServer()).withRequestTimeout(Duration.ofSeconds(15)));
    }

    @AfterAll
    static void stop() {
        remoting.close();
        grpc.close();
        broker.close();
    }

    @Test
    void eachReadsWhatTheOtherHasWritten() throws Exception {
        broker.createTopic(TopicDeclaration.normal("both"));
        broker.createGroup(GroupDeclaration.concurrent("of-grpc"));
        broker.createGroup(GroupDeclaration.concurrent("of-remoting"));
        OutgoingMessage ofGrpc = message("both", null, "a key");
        OutgoingMessage ofRemoting = message("both", null, "another");

        send(grpc, ofGrpc);
        send(remoting, ofRemoting);

        List<ReceivedMessage> readByGrpc = receive(grpc, new Subscription("both", "of-grpc", "*", false, false), 2);
        List<ReceivedMessage> readByRemoting =
                receive(remoting, new Subscription("both", "of-remoting", "*", false, false), 2);
        for (List<ReceivedMessage> read : List.of(readByGrpc, readByRemoting)) {
            assertThat(read).anySatisfy(message -> assertSame(message, ofGrpc));
            assertThat(read).anySatisfy(message -> assertSame(message, ofRemoting));
        }
    }

    private static void assertSame(ReceivedMessage read, OutgoingMessage written) {
        assertThat(read.id()).isEqualTo(written.id().toString());
        assertThat(read.tag()).isEqualTo(written.tag());
        assertThat(read.keys()).containsExactly(written.key());
        assertThat(read.contentType()).isEqualTo(written.contentType());
        assertThat(read.payload()).isEqualTo(written.payload());
        assertThat(read.headers()).isEqualTo(written.headers());
        assertThat(read.createdAtMs()).isEqualTo(written.createdAtMs());
    }

    /** Else a key would have messages in two queues while an application moves, and could be handled out of order. */
    @Test
    void bothPutAKeyIntoTheSameQueue() throws Exception {
        broker.createTopic(new TopicDeclaration("keys", TopicType.FIFO, 7));
        broker.createGroup(GroupDeclaration.fifo("of-keys"));
        List<String> keys = new ArrayList<>(List.of("ü", "日本", "order-1"));
        IntStream.range(0, 40).forEach(i -> keys.add("customer " + i));
        for (String key : keys) {
            send(grpc, message("keys", key, "grpc"));
            send(remoting, message("keys", key, "remoting"));
        }

        List<ReceivedMessage> read =
                receive(remoting, new Subscription("keys", "of-keys", "*", false, true), 2 * keys.size());

        Map<String, Set<Integer>> queues = read.stream()
                .collect(Collectors.groupingBy(
                        ReceivedMessage::orderingKey, Collectors.mapping(BothClientsTests::queue, Collectors.toSet())));
        assertThat(queues.values()).allSatisfy(used -> assertThat(used).hasSize(1));
        assertThat(queues.values().stream().flatMap(Set::stream).distinct()).hasSizeGreaterThan(4);
    }

    private static int queue(ReceivedMessage message) {
        return ExtraInfoUtil.getQueueId(
                ExtraInfoUtil.split(RemotingDelivery.of(message.handle()).handle()));
    }

    @Test
    void noClassIsInBothClients() throws IOException {
        Set<String> classic =
                classesOf("rocketmq-client-5", "rocketmq-remoting", "rocketmq-common", "rocketmq-slf4j-api");
        Set<String> proxied = classesOf("rocketmq-client-java", "rocketmq-proto");

        assertThat(classic).isNotEmpty();
        assertThat(proxied).isNotEmpty();
        assertThat(classic).doesNotContainAnyElementsOf(proxied);
    }

    private static Set<String> classesOf(String... jars) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Arrays.stream(jars)
                        .anyMatch(jar -> Path.of(entry).getFileName().toString().startsWith(jar)))
                .flatMap(entry -> classesIn(entry).stream())
                .collect(Collectors.toSet());
    }

    private static List<String> classesIn(String jar) {
        try (JarFile file = new JarFile(jar)) {
            return file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF"))
                    .filter(name -> !name.endsWith("package-info.class"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(RocketMqTransport through, OutgoingMessage message) throws Exception {
        assertThat(through.sender().send(message).toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isInstanceOf(SendOutcome.Stored.class);
    }

    private static List<ReceivedMessage> receive(RocketMqTransport through, Subscription subscription, int count)
            throws Exception {
        List<ReceivedMessage> received = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        try (MessageReceiver receiver = through.receivers().open(subscription)) {
            while (received.size() < count && System.nanoTime() < deadline) {
                for (ReceivedMessage message : receiver.receive(32, INVISIBLE)) {
                    received.add(message);
                    receiver.acknowledge(message).toCompletableFuture().get(20, TimeUnit.SECONDS);
                }
            }
        }
        assertThat(received).hasSize(count);
        return received;
    }

    private static OutgoingMessage message(String topic, String orderingKey, String key) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                topic,
                "tagged",
                key,
                orderingKey,
                "text/plain",
                "naïve 日本 😀".getBytes(UTF_8),
                Map.of("größe", "naïve 日本 😀 = &"),
                1_700_000_000_123L,
                0);
    }
}
