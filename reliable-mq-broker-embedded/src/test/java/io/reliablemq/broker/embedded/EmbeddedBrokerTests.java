package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTests {

    /** Longer than any test waits: what ends earlier did not end because of it. */
    private static final Duration LONG_INVISIBLE = Duration.ofMinutes(20);

    private static final Duration LONG_POLL = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;
    private static Client client;

    @BeforeAll
    static void startBroker() {
        long began = System.nanoTime();
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory.resolve("a data:directory"))
                .withTopics(TopicDeclaration.normal("orders"))
                .withGroups(GroupDeclaration.concurrent("shop")));
        Figures.report("cold start, one broker", began);
        client = new Client(broker.endpoints());
    }

    @AfterAll
    static void closeBroker() throws Exception {
        client.close();
        long began = System.nanoTime();
        broker.close();
        Figures.report("close", began);
    }

    /** RocketMQ's own settings would keep a core busy for the first three seconds; all else needs hardly any time when it is started. */
    @Test
    void doesNotSpinAfterItsStart() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Long> busy = Arrays.stream(threads.dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().contains("TransactionFlushService"))
                .map(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                .toList();
        System.out.printf("FIGURE the flush of half messages: %d ms of CPU%n", busy.get(0) / 1_000_000);
        assertThat(busy).singleElement().satisfies(nanos -> assertThat(nanos).isLessThan(cpuOfThisProcess() / 20));
    }

    private static long cpuOfThisProcess() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    @Test
    void deliversWhatWasSent() throws ClientException {
        Client.send(client.producer("orders"), Client.message("orders", "one"));

        assertThat(Client.receive(client.consumer("shop", "orders"), List.of("one")))
                .containsOnly("one");
    }

    /** A key that moves to another queue may be overtaken by itself. */
    @Test
    void leavesOrderedMessagesInTheirQueuesWhenOthersAreAdded() throws Exception {
        broker.createTopic(TopicDeclaration.fifo("sorted"));
        broker.createTopic(new TopicDeclaration("sorted", TopicType.FIFO, 7));
        broker.createTopic(new TopicDeclaration("unsorted", TopicType.NORMAL, 7));

        assertThat(Remoting.orderOf("sorted", broker.nameServer())).isEqualTo("embedded:4");
        assertThat(Remoting.orderOf("unsorted", broker.nameServer())).isEmpty();
    }

    @Test
    void startsNewGroupsFromTheEarliestMessage() throws ClientException {
        broker.createTopic(new TopicDeclaration("backlog", TopicType.NORMAL, 1));
        Producer producer = client.producer("backlog");
        for (int i = 0; i < 5; i++) {
            Client.send(producer, Client.message("backlog", "m" + i));
        }
        broker.createGroup(GroupDeclaration.concurrent("late"));

        Client.receive(client.consumer("late", "backlog"), List.of("m0", "m1", "m2", "m3", "m4"));
    }

    @Test
    void redeliversWhenItWasAskedToAndNotBefore() throws Exception {
        broker.createTopic(TopicDeclaration.normal("again"));
        broker.createGroup(GroupDeclaration.concurrent("again"));
        Producer producer = client.producer("again");
        Client.send(producer, Client.message("again", "x"));
        SimpleConsumer consumer = client.consumer("again", "again", Duration.ofMillis(500));
        MessageView first = receiveOne(consumer);
        assertThat(first.getDeliveryAttempt()).isEqualTo(1);

        long began = System.nanoTime();
        consumer.changeInvisibleDuration(first, Duration.ofSeconds(1));
        MessageView second = receiveOne(consumer);
        Duration passed = Duration.ofNanos(System.nanoTime() - began);
        Figures.report("redelivery after changeInvisibleDuration(1 s)", began);

        assertThat(second.getDeliveryAttempt()).isEqualTo(2);
        assertThat(passed).isGreaterThan(Duration.ofMillis(900));
        consumer.ack(second);
    }

    @Test
    void wakesAWaitingConsumerWhenAMessageIsSent() throws Exception {
        broker.createTopic(TopicDeclaration.normal("prompt"));
        broker.createTopic(TopicDeclaration.normal("silent"));
        broker.createGroup(GroupDeclaration.concurrent("prompt"));
        Producer producer = client.producer("prompt");
        SimpleConsumer consumer = client.consumer("prompt", "prompt", LONG_POLL);
        SimpleConsumer silent = client.consumer("prompt", "silent", LONG_POLL);
        SimpleConsumer another = client.consumer("prompt", "silent", Duration.ofMillis(500));
        for (int round = 0; round < 3; round++) {
            CompletableFuture<List<MessageView>> asLong = silent.receiveAsync(1, LONG_INVISIBLE);
            CompletableFuture<List<MessageView>> waiting = consumer.receiveAsync(1, LONG_INVISIBLE);
            // both wait at the broker: one that began later has waited and gone
            another.receive(1, LONG_INVISIBLE);
            long began = System.nanoTime();
            Client.send(producer, Client.message("prompt", "x"));
            long sent = System.nanoTime();
            List<MessageView> received = waiting.get();
            assertThat(asLong)
                    .as("one that began before, and that nobody wakes")
                    .isNotDone();
            Figures.report("long poll, from before the send", began);
            Figures.report("long poll, from the acknowledgement", sent);
            Client.send(producer, Client.message("silent", "x"));
            for (MessageView ending : asLong.get()) {
                silent.ack(ending);
            }

            assertThat(received).hasSize(1);
            consumer.ack(received.get(0));
        }
    }

    @Test
    void delaysMessagesOfDelayTopics() throws ClientException {
        broker.createTopic(new TopicDeclaration("later", TopicType.DELAY, 1));
        broker.createGroup(GroupDeclaration.concurrent("later"));
        Producer producer = client.producer("later");
        long began = System.nanoTime();
        Client.send(producer, Client.delayed("later", "x", Duration.ofSeconds(1)));

        assertThat(Client.receive(client.consumer("later", "later"), List.of("x")))
                .containsOnly("x");
        Figures.report("delay of 1 s", began);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(900));
    }

    /** One of them could take the port that was chosen before it is listened on (seen in a build). */
    @Test
    void listensWhereNoOutgoingConnectionComesFrom() {
        String port = broker.endpoints().substring(broker.endpoints().indexOf(':') + 1);

        assertThat(Integer.parseInt(port)).isBetween(15_000, 32_000);
    }

    @Test
    void neverCreatesTopicsByItself() {
        assertThatThrownBy(() -> client.producer("undeclared").send(Client.message("undeclared", "x")))
                .hasStackTraceContaining("No topic route info");
    }

    @Test
    void declaresTheSameTopicAgainAndRefusesAnotherType() {
        broker.createTopic(TopicDeclaration.normal("stable"));
        broker.createTopic(TopicDeclaration.normal("stable"));

        assertThatThrownBy(() -> broker.createTopic(TopicDeclaration.fifo("stable")))
                .isInstanceOf(EmbeddedBrokerException.class)
                .hasMessageContaining("'stable'")
                .hasMessageContaining("NORMAL")
                .hasMessageContaining("FIFO");
    }

    @Test
    void keepsTheBrokersClassesOutOfTheApplication() {
        for (String name : List.of(
                "org.apache.rocketmq.broker.BrokerController",
                "org.apache.rocketmq.proxy.config.ProxyConfig",
                "com.alibaba.fastjson.JSON",
                "io.netty.channel.Channel",
                "org.rocksdb.RocksDB")) {
            assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
        }
        assertThat(System.getProperty("rocketmq.remoting.version")).isNull();
        assertThat(System.getProperty("jna.tmpdir")).isNull();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void listensOnLoopbackOnly() throws Exception {
        List<String> listening = ListeningSockets.ofThisProcess();

        assertThat(listening).hasSizeGreaterThanOrEqualTo(5).allMatch(address -> address.startsWith("127.0.0.1:"));
    }

    @Test
    void refusesASecondInstanceOnTheSameDirectory() {
        assertThatThrownBy(() -> EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory.resolve("a data:directory"))))
                .isInstanceOf(EmbeddedBrokerException.class)
                .hasMessageContaining("in use")
                .hasMessageContaining("process " + ProcessHandle.current().pid());
    }

    @Test
    void refusesADirectoryItCannotCreate() throws Exception {
        Path file = java.nio.file.Files.writeString(directory.resolve("a-file"), "x");

        assertThatThrownBy(() -> EmbeddedBroker.start(EmbeddedBrokerSettings.in(file.resolve("data"))))
                .isInstanceOf(EmbeddedBrokerException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void refusesATakenPort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            EmbeddedBrokerSettings settings =
                    EmbeddedBrokerSettings.in(directory.resolve("taken")).withProxyPort(taken.getLocalPort());

            assertThatThrownBy(() -> EmbeddedBroker.start(settings))
                    .isInstanceOf(EmbeddedBrokerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " of the gRPC proxy is taken");
        }
    }

    private static MessageView receiveOne(SimpleConsumer consumer) throws Exception {
        List<MessageView> received = new ArrayList<>();
        Patience.until("one is received", () -> received.addAll(consumer.receive(1, LONG_INVISIBLE)));
        return received.get(0);
    }
}
