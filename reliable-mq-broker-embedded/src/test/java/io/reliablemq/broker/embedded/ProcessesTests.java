package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A broker in child processes. */
@EnabledOnOs(OS.LINUX)
class ProcessesTests {

    @TempDir
    Path directory;

    @Test
    void keepsWhatItAcknowledgedWhicheverProcessDiesAndStartsItAgain() throws Exception {
        // what separates paths, and what separates words
        EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(directory.resolve("a data:directory"))
                .withMode(BrokerMode.PROCESSES)
                .withReplicas(2)
                .withTopics(TopicDeclaration.normal("orders"))
                .withGroups(GroupDeclaration.concurrent("shop"));
        long began = System.nanoTime();
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            Figures.report("cold start, two replicas in processes", began);
            for (String child : List.of("broker-0", "broker-1", "front")) {
                assertThat(ListeningSockets.of(process(child)))
                        .isNotEmpty()
                        .allMatch(address -> address.startsWith("127.0.0.1:"));
            }
            refusesWhileItsDiskIsFull(broker.faults(), client);
            broker.faults().stop(BrokerPart.NAME_SERVER);
            Load load = new Load(client.producer("orders"), "orders");
            try (load) {
                load.awaitMore(50);
                broker.faults().restart(BrokerPart.NAME_SERVER);
                for (String child : List.of("broker-0", "broker-1", "front")) {
                    load.awaitMore(50);
                    ProcessHandle dying = process(child);
                    dying.destroyForcibly();
                    dying.onExit().join();
                    load.awaitMore(50);
                    Figures.report(
                            "gap after kill -9 of " + child,
                            System.nanoTime() - load.longestGap().toNanos());
                }
            }
            Client.receive(client.consumer("shop", "orders"), load.acknowledged());
            broker.createTopic(TopicDeclaration.fifo("sorted"));
            broker.createTopic(new TopicDeclaration("sorted", TopicType.FIFO, 5));
            assertThat(Remoting.orderOf("sorted", broker.nameServer())).isEqualTo("embedded:4");
            began = System.nanoTime();
        }
        Figures.report("close of two replicas in processes", began);
        assertThat(children()).isEmpty();
    }

    private static void refusesWhileItsDiskIsFull(BrokerFaults faults, Client client) throws Exception {
        Producer producer = client.producer("orders");
        Client.send(producer, Client.message("orders", "before"));
        faults.fillDisk();
        assertThatThrownBy(() -> producer.send(Client.message("orders", "refused")))
                .hasStackTraceContaining("disk is full");
        faults.freeDisk();
        Client.send(producer, Client.message("orders", "after"));
        assertThatThrownBy(() -> faults.kill(BrokerPart.NAME_SERVER)).hasMessageContaining("use stop and restart");
    }

    @Test
    void saysThatAPortIsTakenAndLeavesNothingBehind() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(directory.resolve("taken"))
                    .withMode(BrokerMode.PROCESSES)
                    .withProxyPort(taken.getLocalPort());

            assertThatThrownBy(() -> EmbeddedBroker.start(settings))
                    .isInstanceOf(EmbeddedBrokerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " of the gRPC proxy is taken");
        }
        assertThat(children()).isEmpty();
    }

    @Test
    void refusesADirectoryWithAnotherIdeaOfWhoTheMasterIs() throws Exception {
        Path data = directory.resolve("other");
        Files.createDirectories(data.resolve("broker-0"));
        EmbeddedBrokerSettings settings =
                EmbeddedBrokerSettings.in(data).withMode(BrokerMode.PROCESSES).withReplicas(3);

        assertThatThrownBy(() -> EmbeddedBroker.start(settings)).hasMessageContaining("made with 1 or 2 replicas");
        Files.createDirectories(data.resolve("controller"));
        assertThatThrownBy(() -> EmbeddedBroker.start(settings.withReplicas(2)))
                .hasMessageContaining("made with 3 replicas");
    }

    @Test
    void endWithTheProcessThatStartedThem() throws Exception {
        List<ProcessHandle> early = BrokerProcess.killWhileItStartsOthers(
                directory.resolve("data"), directory.resolve("home"), directory.resolve("tmp"));
        assertThat(early).hasSizeGreaterThanOrEqualTo(2);
        List<ProcessHandle> processes;
        try (BrokerProcess parent = start()) {
            try (Client client = new Client(parent.endpoints())) {
                Client.send(client.producer("orders"), Client.message("orders", "kept"));
            }
            processes = parent.processes();
            assertThat(processes).hasSize(3);
            awaitEnd(early);
            parent.kill();
        }
        awaitEnd(processes);
        tearTheTail(directory.resolve("data").resolve("broker-0").resolve("commitlog"));
        try (BrokerProcess parent = start()) {
            try (Client client = new Client(parent.endpoints())) {
                assertThat(Client.receive(client.consumer("shop", "orders"), List.of("kept")))
                        .containsOnly("kept");
            }
            assertThat(parent.closeInOrder()).endsWith("STOPPED");
        }
        assertThat(filesBelow("home")).isEmpty();
        assertThat(filesBelow("tmp")).isEmpty();
    }

    private static void awaitEnd(List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes) {
            process.onExit().get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** What a crash of the machine may leave: half a message, and a next file without content. */
    private static void tearTheTail(Path commitLog) throws IOException {
        Path first = commitLog.resolve("%020d".formatted(0));
        try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
            byte[] content = new byte[(int) file.length()];
            file.readFully(content);
            int end = content.length;
            while (end > 0 && content[end - 1] == 0) {
                end--;
            }
            file.seek(end + 8);
            file.write("half a message".repeat(20).getBytes(StandardCharsets.UTF_8));
            Files.write(commitLog.resolve("%020d".formatted(file.length())), new byte[0]);
        }
    }

    private BrokerProcess start() throws IOException {
        return BrokerProcess.start(
                BrokerMode.PROCESSES, directory.resolve("data"), directory.resolve("home"), directory.resolve("tmp"));
    }

    private static ProcessHandle process(String child) {
        return children().stream()
                .filter(process -> String.join(" ", process.info().arguments().orElse(new String[0]))
                        .contains("/locks/" + child))
                .findFirst()
                .orElseThrow();
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
    }

    private List<Path> filesBelow(String name) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(name))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
