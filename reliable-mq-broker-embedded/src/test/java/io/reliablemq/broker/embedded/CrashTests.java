package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The whole broker, with its JVM, is killed again and again while messages are sent. */
@EnabledOnOs(OS.LINUX)
class CrashTests {

    private static final int ROUNDS = Integer.getInteger("reliable-mq.broker-crash.rounds", 2);
    private static final int DISK_ROUNDS = Integer.getInteger("reliable-mq.broker-crash.disk-rounds", 1);
    private static final int MORE = 200;
    private static final int LONG = 1_500;
    /** More than are on their way at a time. */
    private static final int REFUSALS = 20;
    /** Three files of the log: the newest one is never deleted. */
    private static final int LARGE_MESSAGES = 25;

    private static final int LARGE = 3 << 20;
    private static final int DISK_MEGABYTES = 2_000;

    @TempDir
    Path directory;

    @Test
    void losesNothingThatItHasAcknowledged() throws Exception {
        try (Sender sender = new Sender(directory.resolve("data"), 2)) {
            for (int round = 0; round < ROUNDS; round++) {
                sender.load.awaitMore(MORE);
                sender.restartAfterKill();
            }
            sender.losesNothing("rounds of kill -9: " + ROUNDS);
        }
    }

    /** Unconsumed messages are what RocketMQ's own settings delete then. */
    @Test
    void losesNothingOnADiskThatIsNearlyFull() throws Exception {
        try (SmallDisk disk = SmallDisk.ext4(directory.resolve("disk"), DISK_MEGABYTES);
                Sender sender = new Sender(disk.path().resolve("data"), 1)) {
            sender.sendFiles();
            for (int round = 0; round < DISK_ROUNDS; round++) {
                sender.load.awaitMore(MORE);
                disk.fillTo(88);
                // longer than it takes until the broker looks at its disk
                long began = System.nanoTime();
                sender.load.awaitMore(LONG);
                Figures.report("sends at 88 %", began);
                sender.restartAfterKill();
                disk.free();
            }
            sender.losesNothing("rounds of kill -9 at 88 %: " + DISK_ROUNDS);
        }
    }

    @Test
    void losesNothingOnADiskThatIsFull() throws Exception {
        try (SmallDisk disk = SmallDisk.ext4(directory.resolve("disk"), DISK_MEGABYTES);
                Sender sender = new Sender(disk.path().resolve("data"), 1)) {
            for (int round = 0; round < DISK_ROUNDS; round++) {
                sender.load.awaitMore(MORE);
                disk.fillTo(100);
                sender.awaitRefusal();
                sender.kill();
                disk.free();
                sender.restart();
            }
            sender.losesNothing("rounds of kill -9 at 100 %: " + DISK_ROUNDS);
        }
    }

    /** Goes on while the broker is away, and finds it where it was. */
    private final class Sender implements AutoCloseable {

        private final Path data;
        private final int replicas;
        private BrokerProcess process;
        private final Client client;
        private final Load load;

        Sender(Path data, int replicas) throws Exception {
            this.data = data;
            this.replicas = replicas;
            long began = System.nanoTime();
            this.process = launch();
            Figures.report("cold start, with the JVM", began);
            this.client = new Client(process.endpoints());
            this.load = new Load(client.producer("orders"), "orders");
        }

        void sendFiles() throws Exception {
            Producer producer = client.producer("orders");
            for (int i = 0; i < LARGE_MESSAGES; i++) {
                String text = "large-" + i + "x".repeat(LARGE);
                Client.send(producer, Client.message("orders", text));
                load.acknowledged().add(text);
            }
        }

        private BrokerProcess launch() throws Exception {
            return BrokerProcess.with(
                    directory,
                    "--data-directory=" + data,
                    "--replicas=" + replicas,
                    "--port=0",
                    "--name-server-port=0",
                    "--topics=orders",
                    "--groups=shop");
        }

        void restartAfterKill() throws Exception {
            kill();
            restart();
        }

        void kill() throws InterruptedException {
            process.kill();
        }

        void restart() throws Exception {
            String endpoints = process.endpoints();
            long began = System.nanoTime();
            process = launch();
            Figures.report("restart after kill -9, with the JVM", began);
            assertThat(process.endpoints()).isEqualTo(endpoints);
        }

        /** What is on its way meanwhile may still be acknowledged: that is what is to be kept. */
        void awaitRefusal() throws Exception {
            load.awaitRefusals(REFUSALS);
        }

        void losesNothing(String what) throws Exception {
            load.awaitMore(MORE);
            load.close();
            Set<String> acknowledged = load.acknowledged();
            long began = System.nanoTime();
            Client.receive(client.consumer("shop", "orders"), acknowledged);
            Figures.report("receiving them all", began);
            System.out.printf("FIGURE %s, lost 0 of %d acknowledged%n", what, acknowledged.size());
        }

        @Override
        public void close() throws Exception {
            load.close();
            client.close();
            process.close();
        }
    }
}
