package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
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

    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;
    private static Client client;

    @BeforeAll
    static void startBroker() {
        long began = System.nanoTime();
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory.resolve("data"))
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
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    /** RocketMQ's own settings would keep a core busy for the first three seconds. */
    @Test
    void doesNotSpinAfterItsStart() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        assertThat(threads.dumpAllThreads(false, false))
                .filteredOn(thread -> thread.getThreadName().contains("TransactionFlushService"))
                .singleElement()
                .extracting(thread -> Duration.ofNanos(threads.getThreadCpuTime(thread.getThreadId())))
                .satisfies(busy -> assertThat(busy).isLessThan(Duration.ofSeconds(1)));
    }

    @Test
    void deliversWhatWasSent() throws ClientException {
        client.producer("orders").send(Client.message("orders", "one"));

        assertThat(Client.drain(client.consumer("shop", "orders"), 1, Duration.ofSeconds(10)))
                .containsExactly("one");
    }

    @Test
    void startsNewGroupsFromTheEarliestMessage() throws ClientException {
        broker.createTopic(new TopicDeclaration("backlog", TopicType.NORMAL, 1));
        Producer producer = client.producer("backlog");
        for (int i = 0; i < 5; i++) {
            producer.send(Client.message("backlog", "m" + i));
        }
        broker.createGroup(GroupDeclaration.concurrent("late"));

        assertThat(Client.drain(client.consumer("late", "backlog"), 5, Duration.ofSeconds(10)))
                .containsExactlyInAnyOrder("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void redeliversWithinAboutASecondOfTheTimeAskedFor() throws ClientException {
        broker.createTopic(TopicDeclaration.normal("again"));
        broker.createGroup(GroupDeclaration.concurrent("again"));
        client.producer("again").send(Client.message("again", "x"));
        SimpleConsumer consumer = client.consumer("again", "again", Duration.ofMillis(500));
        MessageView first = receiveOne(consumer);
        assertThat(first.getDeliveryAttempt()).isEqualTo(1);

        long began = System.nanoTime();
        consumer.changeInvisibleDuration(first, Duration.ofSeconds(1));
        MessageView second = receiveOne(consumer);
        Figures.report("redelivery after changeInvisibleDuration(1 s)", began);

        assertThat(second.getDeliveryAttempt()).isEqualTo(2);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofMillis(900), Duration.ofSeconds(8));
        consumer.ack(second);
    }

    @Test
    void wakesAWaitingConsumerWhenAMessageIsSent() throws Exception {
        broker.createTopic(TopicDeclaration.normal("prompt"));
        broker.createGroup(GroupDeclaration.concurrent("prompt"));
        Producer producer = client.producer("prompt");
        SimpleConsumer consumer = client.consumer("prompt", "prompt");
        for (int round = 0; round < 3; round++) {
            CompletableFuture<List<MessageView>> waiting = consumer.receiveAsync(1, Duration.ofSeconds(30));
            Thread.sleep(500);
            long began = System.nanoTime();
            producer.send(Client.message("prompt", "x"));
            long sent = System.nanoTime();
            List<MessageView> received = waiting.get();
            Figures.report("long poll, from before the send", began);
            Figures.report("long poll, from the acknowledgement", sent);

            assertThat(received).hasSize(1);
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(Duration.ofMillis(1_000));
            consumer.ack(received.get(0));
        }
    }

    @Test
    void delaysMessagesOfDelayTopics() throws ClientException {
        broker.createTopic(new TopicDeclaration("later", TopicType.DELAY, 1));
        broker.createGroup(GroupDeclaration.concurrent("later"));
        Producer producer = client.producer("later");
        long began = System.nanoTime();
        producer.send(Client.delayed("later", "x", Duration.ofSeconds(1)));

        assertThat(Client.drain(client.consumer("later", "later"), 1, Duration.ofSeconds(10)))
                .containsExactly("x");
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
        assertThatThrownBy(() -> EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory.resolve("data"))))
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

    private static MessageView receiveOne(SimpleConsumer consumer) throws ClientException {
        for (int attempt = 0; attempt < 30; attempt++) {
            List<MessageView> received = consumer.receive(1, Duration.ofSeconds(30));
            if (!received.isEmpty()) {
                return received.get(0);
            }
        }
        throw new AssertionError("Nothing received");
    }
}
