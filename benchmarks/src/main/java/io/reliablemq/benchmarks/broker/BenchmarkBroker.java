package io.reliablemq.benchmarks.broker;

import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import io.reliablemq.broker.embedded.BrokerMode;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.rocketmq.RocketMqSettings;
import io.reliablemq.rocketmq.remoting.RemotingConnection;
import io.reliablemq.rocketmq.remoting.RemotingSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/** One RocketMQ on a temporary folder, with a topic of each kind, that flushes before it acknowledges. */
public final class BenchmarkBroker {

    private static final String SEND = "benchmark-send-";
    private static final String RECEIVE = "benchmark-receive-";
    private static final String NORMAL = "normal";
    private static final String FIFO = "fifo";
    private static final List<String> CONSUMERS = List.of(
            "raw",
            "raw-remoting",
            "container",
            "container-remoting",
            "limit",
            "each",
            "coalesced",
            "coalesced-remoting");
    private static final int WINDOW = 64;

    private static @Nullable BenchmarkBroker running;

    private final EmbeddedBroker broker;
    private final RocketMqConnection connection;
    private final RemotingConnection remoting;

    private BenchmarkBroker(EmbeddedBroker broker) {
        this.broker = broker;
        this.connection = new RocketMqConnection(RocketMqSettings.at(broker.endpoints()));
        this.remoting = new RemotingConnection(RemotingSettings.at(broker.nameServer()));
    }

    /** One for all scenarios, which agree in the number of copies; it ends with the JVM, which deletes its folder. */
    public static synchronized BenchmarkBroker running(int replicas) throws IOException {
        BenchmarkBroker known = running;
        if (known == null) {
            known = started(replicas, BrokerMode.IN_PROCESS);
            running = known;
        }
        return known;
    }

    /** Another one, whose processor time is not this JVM's; ends with the JVM, too. */
    public static BenchmarkBroker inProcesses() throws IOException {
        return started(1, BrokerMode.PROCESSES);
    }

    private static BenchmarkBroker started(int replicas, BrokerMode mode) throws IOException {
        Path folder = Files.createTempDirectory("reliable-mq-benchmark-broker-");
        BenchmarkBroker started = new BenchmarkBroker(EmbeddedBroker.start(EmbeddedBrokerSettings.in(folder)
                .withReplicas(replicas)
                .withMode(mode)
                .withTopics(
                        TopicDeclaration.normal(SEND + NORMAL),
                        TopicDeclaration.fifo(SEND + FIFO),
                        TopicDeclaration.normal(RECEIVE + NORMAL),
                        TopicDeclaration.fifo(RECEIVE + FIFO))
                .withGroups(CONSUMERS.stream()
                        .flatMap(consumer -> Stream.of(
                                GroupDeclaration.concurrent(group(consumer, false)),
                                GroupDeclaration.fifo(group(consumer, true))))
                        .toArray(GroupDeclaration[]::new))));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> started.end(folder)));
        return started;
    }

    private void end(Path folder) {
        connection.close();
        remoting.close();
        broker.close();
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("The broker's folder " + folder + " could not be deleted", e);
        }
    }

    /** One of the groups that are there from the beginning. */
    public static String group(String consumer, boolean ordered) {
        return consumer + "-" + (ordered ? FIFO : NORMAL);
    }

    /** Where relays and the client send to, and nobody receives. */
    public String topic(boolean ordered) {
        return SEND + (ordered ? FIFO : NORMAL);
    }

    /** Where consumers receive from; each of their groups consumes all of it. */
    public static String receiveTopic(boolean ordered) {
        return RECEIVE + (ordered ? FIFO : NORMAL);
    }

    /** What the relay sends with. */
    public MessageSender sender() {
        return connection.sender();
    }

    /** The same through the classic client. */
    public MessageSender remotingSender() {
        return remoting.sender();
    }

    /** What our containers receive from. */
    public MessageReceiverFactory receivers() {
        return connection.receivers();
    }

    /** The same through the classic client. */
    public MessageReceiverFactory remotingReceivers() {
        return remoting.receivers();
    }

    /**
     * Sends that many messages and waits until they are stored.
     *
     * @param first number of the first one
     */
    public void fill(int first, int messages, boolean ordered) throws InterruptedException {
        Semaphore free = new Semaphore(WINDOW);
        AtomicInteger stored = new AtomicInteger();
        for (int number = first; number < first + messages; number++) {
            free.acquire();
            CompletionStage<SendOutcome> unused = sender().send(message(number, ordered))
                    .whenComplete((outcome, failure) -> {
                        if (outcome instanceof SendOutcome.Stored) {
                            stored.incrementAndGet();
                        }
                        free.release();
                    });
        }
        free.acquire(WINDOW);
        if (stored.get() != messages) {
            throw new IllegalStateException(stored.get() + " of " + messages + " messages were stored");
        }
    }

    private OutgoingMessage message(int number, boolean ordered) {
        return new OutgoingMessage(
                UUID.randomUUID(),
                receiveTopic(ordered),
                null,
                null,
                ordered ? Keys.of(number) : null,
                "application/json",
                Payloads.bytesOf(number),
                Map.of(),
                System.currentTimeMillis(),
                0);
    }

    String endpoints() {
        return broker.endpoints();
    }

    String nameServer() {
        return broker.nameServer();
    }
}
