package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** When old messages go, and from when on no new ones are taken. */
class DiskLimitsTests {

    private static final Duration YOUNG = Duration.ofMinutes(30);
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final Duration OLD = Duration.ofMinutes(90);
    private static final String THREE_MEGABYTES = "x".repeat(3 << 20);
    private static final int COMMIT_LOG_FILE = 32 << 20;
    private static final SortedSet<Integer> ALWAYS = hours(0, 23);

    @TempDir
    Path directory;

    /** Each of them looks every two seconds: between two deletions of one broker the others have looked, too. */
    @Test
    void deletesWhatIsOldEnoughInTheHoursThatWereGivenAndInAnyHourWhenTheDiskIsTooFull() throws Exception {
        int now = LocalTime.now().getHour();
        SortedSet<Integer> later = hours(now + 3, now + 20);
        assumeTrue(
                new SmallDisk(directory).percentUsed() < 80,
                "the disk is so full that old messages go in any hour, or no broker starts");
        try (Brokers brokers = new Brokers()) {
            Together.run(List.of(
                    () -> brokers.start("expired", new DiskLimits(LIMIT, ALWAYS, 85, 90)),
                    () -> brokers.start("wrong-hour", new DiskLimits(LIMIT, later, 85, 90)),
                    () -> brokers.start("too-full", new DiskLimits(LIMIT, later, 10, 90))));
            for (String name : List.of("wrong-hour", "too-full", "expired")) {
                written(file(name, 0), OLD);
                written(file(name, 1), YOUNG);
            }
            awaitDeletion("expired", 0);
            assertThat(file("expired", 1)).exists();
            written(file("expired", 1), OLD);
            awaitDeletion("expired", 1);
            assertThat(file("expired", 2)).exists();
            assertThat(file("wrong-hour", 0)).exists();
            if (new SmallDisk(directory).percentUsed() > 10) {
                awaitDeletion("too-full", 0);
            }
            assertThat(file("too-full", 1)).exists();
        }
    }

    /** A disk of its own can only be made by who may mount one. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesToSendWhileTheDiskIsFullerThanTheLimit() throws Exception {
        try (SmallDisk disk = SmallDisk.inMemory(directory.resolve("disk"), 900)) {
            EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(
                            disk.path().resolve("data"))
                    .withTopics(TopicDeclaration.normal("orders"))
                    .withDiskLimits(new DiskLimits(LIMIT, ALWAYS, 85, 60));
            try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                    Client client = new Client(broker.endpoints())) {
                Producer producer = client.producer("orders");
                Client.send(producer, Client.message("orders", "x"));
                disk.fill(580);
                Patience.until("a full disk takes nothing", () -> isRefused(producer));
                disk.free();
                Client.send(producer, Client.message("orders", "x"));
                disk.fill(580);
            }
            assertThatThrownBy(() -> EmbeddedBroker.start(settings))
                    .isInstanceOf(EmbeddedBrokerException.class)
                    .hasMessageContaining("% full, and above 60 %")
                    .hasMessageContaining("free ");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void saysHowMuchDiskIsMissing() throws Exception {
        try (SmallDisk disk = SmallDisk.inMemory(directory.resolve("disk"), 50)) {
            Path data = disk.path().resolve("data");

            assertThatThrownBy(() -> EmbeddedBroker.start(EmbeddedBrokerSettings.in(data)))
                    .isInstanceOf(EmbeddedBrokerException.class)
                    .hasMessageContaining("has 49 MB left") // and some KB
                    .hasMessageContaining("needs")
                    .hasMessageContaining("choose a directory on another disk");
            assertThat(data.resolve("lib")).doesNotExist();
        }
    }

    /** Brokers with three files of messages each. */
    private final class Brokers implements AutoCloseable {

        private final List<EmbeddedBroker> started = new CopyOnWriteArrayList<>();

        void start(String name, DiskLimits limits) {
            EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(directory.resolve(name))
                    .withDiskLimits(limits)
                    .withTopics(TopicDeclaration.normal("orders")));
            started.add(broker);
            try (Client client = new Client(broker.endpoints())) {
                Producer producer = client.producer("orders");
                // the next one is made before it is needed
                while (!Files.exists(file(name, 3))) {
                    Client.send(producer, Client.message("orders", THREE_MEGABYTES));
                }
            } catch (ClientException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            Together.run(started.stream().<Runnable>map(broker -> broker::close).toList());
        }
    }

    private static void written(Path file, Duration ago) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(ago)));
    }

    private Path file(String broker, int number) {
        return directory
                .resolve(broker)
                .resolve("broker-0")
                .resolve("commitlog")
                .resolve("%020d".formatted((long) number * COMMIT_LOG_FILE));
    }

    private static SortedSet<Integer> hours(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(hour -> hour % 24)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void awaitDeletion(String broker, int number) throws Exception {
        Path file = file(broker, number);
        Patience.until(file + " is deleted", () -> !Files.exists(file));
    }

    /** Because of the disk: another failure may be the machine's. */
    private static boolean isRefused(Producer producer) {
        try {
            producer.send(Client.message("orders", "x"));
            return false;
        } catch (ClientException | RuntimeException e) {
            return String.valueOf(e.getMessage()).contains("disk is full");
        }
    }
}
